using Agency.Testing.Mcp;

namespace Agency.CompanyContext.Tests;

public sealed class ToolSurfaceTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    [Fact]
    public void Tools_Advertised_AreAsRecorded() => ToolSnapshot.Verify(context.Services, "tools");
}
