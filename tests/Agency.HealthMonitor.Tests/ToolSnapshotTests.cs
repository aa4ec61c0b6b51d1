using Agency.Testing.Mcp;

namespace Agency.HealthMonitor.Tests;

public sealed class ToolSnapshotTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public void Tools_AsOffered_AreTheReviewedOnes() => ToolSnapshot.Verify(server.Services, "tools");
}
