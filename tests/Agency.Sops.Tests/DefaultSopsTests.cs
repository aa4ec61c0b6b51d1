namespace Agency.Sops.Tests;

/// <summary>The procedures that the agency ships, from the repository's <c>sops</c> folder.</summary>
public sealed class DefaultSopsTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "sops");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.md").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void DefaultSop_Parsed_HasNoProblemsAndItsFilesName(string file)
    {
        var result = SopParser.Parse(File.ReadAllText(Path.Combine(Folder, file)));

        Assert.Empty(result.Problems);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), result.Sop!.Name);
        Assert.NotNull(result.Sop.Description);
        Assert.NotEmpty(result.Sop.Tools);
    }

    [Fact]
    public void DefaultSops_WhatTheDocumentsPromise_AreThere() =>
        Assert.Superset(
            new HashSet<string> { "client_onboarding", "weekly_reporting", "monthly_reporting", "context_refresh" },
            Directory.GetFiles(Folder, "*.md").Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet());

    [Theory]
    [MemberData(nameof(Files))]
    public void DefaultSop_EveryCall_NamesTheRunsOwnCompany(string file)
    {
        var sop = SopParser.Parse(File.ReadAllText(Path.Combine(Folder, file))).Sop!;

        Assert.All(sop.Steps.Where(s => s.Call is not null), step =>
        {
            var arguments = step.Call!.ArgumentsTemplate;
            Assert.Equal("{{ company.id }}", (arguments["client"] ?? arguments["company_id"])!.GetValue<string>());
        });
    }
}
