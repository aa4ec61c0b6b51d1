namespace Agency.WorkerProtocol.Tests;

public sealed class ConfinementTests
{
    [Fact]
    public void Confinement_AsArguments_ComesBackEqual()
    {
        var asked = new Confinement { Files = FileConfinement.Mounts, Readable = ["/lib", "/a b"], ScratchMegabytes = 3, Command = ["/bin/x", "--", "y"] };

        Assert.True(Confinement.TryParse(asked.ToArguments(), out var read));

        Assert.Equivalent(asked, read, strict: true);
        Assert.All((string[][])[[], ["confine"], ["confine", "None", "1", "--"], ["confine", "Some", "1", "--", "x"], ["confine", "None", "much", "--", "x"]],
            arguments => Assert.False(Confinement.TryParse(arguments, out _)));
    }
}
