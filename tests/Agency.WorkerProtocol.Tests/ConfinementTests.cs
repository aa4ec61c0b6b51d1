namespace Agency.WorkerProtocol.Tests;

public sealed class ConfinementTests
{
    [Fact]
    public void Confinement_AsArguments_ComesBackEqual()
    {
        var asked = new Confinement { Files = FileConfinement.Mounts, Readable = ["/lib", "/a b"], ScratchMegabytes = 3, Command = ["/bin/x", "--", "y"] };

        Assert.True(Confinement.TryParse(asked.ToArguments(), out var read));

        Assert.Equivalent(asked, read, strict: true);
    }

    [Fact]
    public void Confinement_OfAWrappedProgram_HasNoCommand()
    {
        Assert.True(Confinement.TryParse(new Confinement { Files = FileConfinement.Wrapped }.ToArguments(), out var read));

        Assert.Empty(read.Command);
        Assert.All(
            (string[][])[[], ["confine"], ["confine", "Landlock", "1", "--"], ["confine", "Wrapped", "1", "--", "x"], ["confine", "Some", "1", "--", "x"], ["confine", "Mounts", "much", "--", "x"]],
            arguments => Assert.False(Confinement.TryParse(arguments, out _)));
    }
}
