using Agency.Scheduler.Sandboxing;
using Agency.Scheduler.Workers;
using Agency.ServiceDefaults.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Tests.Sandboxing;

public sealed class SandboxLadderTests
{
    private readonly List<SandboxLevel> _tried = [];
    private readonly RecordedLog _log = new();

    [Fact]
    public async Task Choose_AllOffered_TakesTheBestAndSaysSoInOneLine()
    {
        var ladder = Ladder(new SandboxOptions());

        await ladder.ChooseAsync(Offering(SandboxLevel.Bubblewrap, SandboxLevel.Namespaces, SandboxLevel.Landlock, SandboxLevel.Bare));

        Assert.Equal(SandboxLevel.Bubblewrap, ladder.Sandbox?.Level);
        Assert.Equal([SandboxLevel.Bubblewrap], _tried);
        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.StartsWith("Workers are isolated at level 'bubblewrap'. Closed to them: ", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Better ones", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choose_BestOnesMissing_TakesTheNextAndSaysWhy()
    {
        var ladder = Ladder(new SandboxOptions());

        await ladder.ChooseAsync(Offering(SandboxLevel.Landlock, SandboxLevel.Bare));

        Assert.Equal(SandboxLevel.Landlock, ladder.Sandbox?.Level);
        Assert.EndsWith(
            "Better ones are not to be had: bubblewrap: no Bubblewrap here; namespaces: no Namespaces here.", Assert.Single(_log.Lines).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bare")]
    public async Task Choose_InProductionNothingStrongEnough_RefusesAndSaysWhatToDo(string? minimum)
    {
        var ladder = Ladder(new SandboxOptions { Minimum = minimum }, production: true);

        var refused = await Assert.ThrowsAsync<SandboxRefusedException>(() => ladder.ChooseAsync(Offering(SandboxLevel.Landlock, SandboxLevel.Bare)));

        Assert.Equal([SandboxLevel.Bubblewrap, SandboxLevel.Namespaces], _tried);
        Assert.All(
            (string[])["production asks for level 'namespaces'", "no Bubblewrap here", "apt-get install bubblewrap", "Scheduler__Sandbox__PodIsolates=true"],
            part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Choose_InProductionAndThePodIsolates_TakesWhatThereIs()
    {
        var ladder = Ladder(new SandboxOptions { PodIsolates = true }, production: true);

        await ladder.ChooseAsync(Offering(SandboxLevel.Bare));

        Assert.Equal(SandboxLevel.Bare, ladder.Sandbox?.Level);
    }

    [Theory]
    [InlineData("bare", null, true, "production asks for level 'namespaces' or better", "Scheduler:Sandbox:Level asks for 'bare'")]
    [InlineData("auto", "bubblewrap", false, "Scheduler:Sandbox:Minimum asks for level 'bubblewrap'", "no Bubblewrap here")]
    [InlineData("bubblewrap", null, false, "Scheduler:Sandbox:Level asks for level 'bubblewrap'", "no Bubblewrap here")]
    public async Task Choose_LessThanAskedFor_RefusesAndNamesWhoAsks(string level, string? minimum, bool production, string asks, string why)
    {
        var ladder = Ladder(new SandboxOptions { Level = level, Minimum = minimum }, production);

        var refused = await Assert.ThrowsAsync<SandboxRefusedException>(() => ladder.ChooseAsync(Offering(SandboxLevel.Namespaces, SandboxLevel.Landlock, SandboxLevel.Bare)));

        Assert.Contains(asks, refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choose_LevelForced_TriesNoOther()
    {
        var ladder = Ladder(new SandboxOptions { Level = "Landlock" });

        await ladder.ChooseAsync(Offering(SandboxLevel.Bubblewrap, SandboxLevel.Landlock));

        Assert.Equal([SandboxLevel.Landlock], _tried);
    }

    [Fact]
    public async Task Choose_NoWorkerStartsAtAll_IsAnErrorAndLeavesTheRunsToSaySo()
    {
        var ladder = Ladder(new SandboxOptions());

        Assert.Null(await ladder.ChooseAsync(Offering()));
        Assert.Null(ladder.Sandbox);

        Assert.Equal(LogLevel.Error, Assert.Single(_log.Lines).Level);
    }

    [Theory]
    [InlineData("best", null, 1024, "Scheduler:Sandbox:Level must be auto or one of bare, landlock, namespaces, bubblewrap, but is 'best'.")]
    [InlineData("auto", "3", 1024, "Scheduler:Sandbox:Minimum must be one of bare, landlock, namespaces, bubblewrap, but is '3'.")]
    [InlineData("auto", null, 300, "Scheduler:Sandbox:MemoryMegabytes must be at least 512")]
    public void Options_NotMeant_AreRefusedByName(string level, string? minimum, int memory, string expected)
    {
        var validator = new SandboxOptionsValidator(Options.Create(new SchedulerOptions { WorkerHeapMegabytes = 256 }));

        var result = validator.Validate(null, new SandboxOptions { Level = level, Minimum = minimum, MemoryMegabytes = memory });

        Assert.Contains(expected, result.FailureMessage, StringComparison.Ordinal);
        Assert.True(validator.Validate(null, new SandboxOptions()).Succeeded);
    }

    private SandboxLadder Ladder(SandboxOptions options, bool production = false) => new(Options.Create(options), new AgencyMode(production), _log);

    /// <summary>A machine that starts workers at these levels.</summary>
    private Func<Sandbox, Task<WorkerProcess>> Offering(params SandboxLevel[] offered) => sandbox =>
    {
        _tried.Add(sandbox.Level);
        return offered.Contains(sandbox.Level)
            ? Task.FromResult<WorkerProcess>(null!)
            : throw new WorkerStartException($"no {sandbox.Level} here.");
    };

    private sealed class RecordedLog : ILogger<SandboxLadder>
    {
        public List<(LogLevel Level, string Message)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));
    }
}
