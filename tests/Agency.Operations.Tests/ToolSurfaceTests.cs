using Agency.Testing.Mcp;

namespace Agency.Operations.Tests;

public sealed class ToolSurfaceTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public void Tools_AreThoseOfTheSnapshot() => ToolSnapshot.Verify(operations.Server.Services, "tools");
}
