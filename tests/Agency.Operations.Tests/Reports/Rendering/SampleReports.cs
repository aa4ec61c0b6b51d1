using Agency.Operations.Reports.Model;

namespace Agency.Operations.Tests.Reports.Rendering;

/// <summary>Documents for the renderers' tests.</summary>
internal static class SampleReports
{
    public const string Greek = "Ελληνικές Επιχειρήσεις ΑΕ";
    public const string Cyrillic = "Северная звезда";
    public const string Chinese = "株式会社東京ソリューションズ";

    public static readonly ReportCover Cover = CoverFor(Greek);

    public static ReportCover CoverFor(string client) => new(
        client, "Weekly report", "16 to 22 November 2026", new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.FromHours(2)), "Northwind Agency");

    public static ReportDocument Of(params ReportBlock[] blocks) => new(Cover, [new ReportSection("Section", blocks)]);

    /// <summary>Three pages with every kind of block and the three scripts.</summary>
    public static ReportDocument Full() => new(Cover,
    [
        new ReportSection("At a glance",
            new ReportParagraph(
                "Fifty-four of fifty-five scheduled workflows completed this week. One occurrence failed after three attempts and was "
                + $"escalated; it has been resolved since. Work was shared with {Cyrillic} and {Chinese}."),
            new ReportKpis(
            [
                new("Workflows completed", "54 of 55", "98.2 % of what was scheduled"),
                new("SLA compliance", "96.4 %", "53 of 55 within their time"),
                new("Open escalations", "0", "1 resolved this week"),
                new("Estimated revenue", "€ 12,480.00", "retainer and 6 hours"),
                new("Cost", "€ 184.20", "3.1 h of runs, 1.2 M tokens"),
            ])),
        new ReportSection("Runs",
            new ReportChart("Runs per day", "Day", ["Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22"],
            [
                new("Succeeded", [9, 10, 8, 11, 9, 4, 3], ReportTone.Good),
                new("Failed", [0, 0, 1, 0, 0, 0, 0], ReportTone.Bad),
                new("Skipped", [1, 0, 0, 2, 0, 0, 0], ReportTone.Muted),
            ]),
            RunTable(40)),
        new ReportSection("Escalations"),
        new ReportSection("Revenue and cost",
            new ReportChart("Euro per week", "Week", ["W44", "W45", "W46", "W47"],
                [new("Revenue", [11800.5, 12010, 12480, 12480]), new("Cost", [201.1, 190, 188.4, 184.2]), new("Credit", [0, -400, 0, 0])],
                ReportBars.Clustered)),
    ]);

    public static ReportTable RunTable(int rows)
    {
        string[] names = ["onboarding-client-a", $"Wöchentlicher Bericht für {Greek}", $"Обзор {Cyrillic}", $"{Chinese} 週次レポートと月次レポートの作成", "context_refresh"];
        return new ReportTable(
            [new("Started"), new("Workflow"), new("Status"), new("Attempts", ReportAlignment.Right), new("Duration", ReportAlignment.Right)],
            [.. Enumerable.Range(0, rows).Select(i => (string[])
            [
                $"{16 + (i % 7)} Nov {8 + (i % 12):00}:{i * 7 % 60:00}", names[i % names.Length], i % 9 == 4 ? "failed" : "succeeded",
                $"{1 + (i % 3)}", $"{i * 13 % 97}.{i % 10} s",
            ])]);
    }
}
