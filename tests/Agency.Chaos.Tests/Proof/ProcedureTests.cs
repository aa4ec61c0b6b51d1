using Agency.Chaos.Tests.Parts;
using Agency.Sops;

namespace Agency.Chaos.Tests.Proof;

public sealed class ProcedureTests
{
    public static TheoryData<string> Names => [.. Procedures.Entries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Markdown_OfEachProcedure_CallsTheLogAsOftenAsSaid(string name)
    {
        var parsed = SopParser.Parse(Procedures.Markdown(name));

        Assert.Empty(parsed.Problems);
        Assert.Equal(Procedures.Entries[name], parsed.Sop!.Steps.Count(step => step.Call?.Tool.Tool == "append_log"));
    }
}
