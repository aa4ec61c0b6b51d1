using System.Globalization;
using Agency.Data.Kpis;
using Agency.Testing;

namespace Agency.Data.Tests.Kpis;

public sealed class KpiQueriesTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    private static readonly DateTimeOffset Now = At("2026-03-10T12:00Z");
    private static readonly Prices Prices = new(0.01m, 2m, "EUR");
    private static readonly PeriodChoice March9 = PeriodChoice.Named(NamedPeriod.Yesterday);

    [Fact]
    public async Task Compute_WithoutRuns_GivesNullRatesAndNoInventedNumbers()
    {
        var company = await AddCompanyAsync("empty");

        var kpis = await ComputeAsync(company, March9);

        Assert.Equal(0, kpis.Scheduled.Due);
        Assert.Null(kpis.Scheduled.CompletionRate);
        Assert.Null(kpis.Sla.Compliance);
        Assert.Null(kpis.Work.SuccessRate);
        Assert.Null(kpis.Work.MeanRunSeconds);
        Assert.Null(kpis.Work.P95RunSeconds);
        Assert.Null(kpis.Escalations.MeanSecondsToAcknowledge);
        Assert.Equal(0m, kpis.Money.Revenue);
    }

    [Fact]
    public async Task Compute_UnknownCompany_IsNull()
    {
        await using var context = database.As("health").OpenAgency();

        Assert.Null(await KpiQueries.ComputeAsync(context, new CompanyId("nobody"), March9, Prices, Now, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Compute_RunsOfEveryKind_CountsEachByDefinition()
    {
        var company = await AddCompanyAsync("counts", monthlyFee: 310, feePerRun: 5);
        await AddWorkflowAsync(company, "w");
        await AddRunAsync(company, "2026-03-09T00:00Z", "succeeded", finished: "2026-03-09T00:10Z", seconds: 10, tokens: 500, attempt: 1);
        await AddRunAsync(company, "2026-03-09T01:00Z", "succeeded", trigger: "catch_up", finished: "2026-03-09T01:10Z", seconds: 20, tokens: 500, attempt: 2);
        await AddRunAsync(company, "2026-03-09T02:00Z", "failed", finished: "2026-03-09T02:10Z", seconds: 30, attempt: 3);
        await AddRunAsync(company, "2026-03-09T03:00Z", "skipped", reason: "missed", occurrences: 4);
        await AddRunAsync(company, "2026-03-09T08:00Z", "skipped", reason: "overlap");
        await AddRunAsync(company, "2026-03-09T09:00Z", "cancelled");
        await AddRunAsync(company, "2026-03-09T10:00Z", "queued");
        await AddRunAsync(company, "2026-03-09T11:00Z", "succeeded", trigger: "manual", finished: "2026-03-09T11:01Z", seconds: 40, attempt: 1);
        await AddRunAsync(company, "2026-03-09T11:30Z", "failed", trigger: "manual", finished: "2026-03-09T11:31Z", seconds: 0.5, attempt: 1);

        // Just outside of the half-open day on both sides.
        await AddRunAsync(company, "2026-03-08T23:59:59.999Z", "failed", finished: "2026-03-09T00:10Z", seconds: 1000, attempt: 1);
        await AddRunAsync(company, "2026-03-10T00:00Z", "failed", finished: "2026-03-10T00:10Z", seconds: 1000, attempt: 1);

        var kpis = await ComputeAsync(company, March9);

        Assert.Equal((10, 2, 1, 5, 1, 1), (kpis.Scheduled.Due, kpis.Scheduled.Succeeded, kpis.Scheduled.Failed, kpis.Scheduled.Skipped, kpis.Scheduled.Cancelled, kpis.Scheduled.Open));
        Assert.Equal(new Dictionary<string, long> { ["missed"] = 4, ["overlap"] = 1 }, kpis.Scheduled.SkippedByReason);
        Assert.Equal(0.2, kpis.Scheduled.CompletionRate);
        Assert.Equal(new ManualKpis(2, 1, 1, 0, 0), kpis.Manual);
        Assert.Equal(0.6, kpis.Work.SuccessRate);
        Assert.Equal(100.5m, kpis.Work.RunSeconds);
        Assert.Equal(20.1, kpis.Work.MeanRunSeconds!.Value, 9);
        Assert.Equal(20, kpis.Work.MedianRunSeconds);
        Assert.Equal(38, kpis.Work.P95RunSeconds!.Value, 9); // 0.5 10 20 30 40: position 3.8 of 0..4
        Assert.Equal(8, kpis.Work.Attempts);
        Assert.Equal(1.6, kpis.Work.MeanAttempts);
        Assert.Equal(1000, kpis.Work.Tokens);

        // 310/31 + 3 * 5; 100.5 s * 0.01 + 1000 tokens * 2 per 1000.
        Assert.Equal((10m, 15m, 25m, 3.005m, 21.995m), (kpis.Money.FixedFee, kpis.Money.RunFees, kpis.Money.Revenue, kpis.Money.Cost, kpis.Money.Margin));
        Assert.Empty(kpis.Money.Notes);
    }

    [Fact]
    public async Task Compute_AskedForAfterItsTime_CountsWhenItWasAskedFor()
    {
        var company = await AddCompanyAsync("afterwards");
        await AddWorkflowAsync(company, "w");
        await AddRunAsync(company, "2023-10-27T09:00Z", "succeeded", trigger: "catch_up", created: "2026-03-09T10:00Z", finished: "2026-03-09T10:01Z", seconds: 2);
        await AddRunAsync(company, "2023-10-28T09:00Z", "skipped", trigger: "catch_up", created: "2026-03-09T10:00Z", reason: "overlap");
        await AddRunAsync(company, "2023-10-29T09:00Z", "failed", trigger: "backfill", created: "2026-03-09T11:00Z", finished: "2026-03-09T11:01Z", seconds: 3);
        await AddRunAsync(company, "2026-03-09T12:00Z", "succeeded", trigger: "backfill", created: "2026-03-10T00:00Z", finished: "2026-03-10T00:01Z", seconds: 5);

        var then = await ComputeAsync(company, PeriodChoice.Between(At("2023-10-01T00:00Z"), At("2023-11-01T00:00Z")).Value);
        var asked = await ComputeAsync(company, March9);

        Assert.Equal((0, 0, 0m), (then.Scheduled.Due, then.Manual.Total, then.Work.RunSeconds));
        Assert.Equal((2, 1, 1), (asked.Scheduled.Due, asked.Scheduled.Succeeded, asked.Scheduled.Skipped));
        Assert.Equal(1, asked.Scheduled.SkippedByReason["overlap"]);
        Assert.Equal(new SlaKpis(1, 1, 0, 0.5), asked.Sla);
        Assert.Equal((1, 1, 5m), (asked.Manual.Total, asked.Manual.Failed, asked.Work.RunSeconds));
    }

    [Theory]
    [InlineData("succeeded", "2026-03-09T11:00:00Z", null, "met")] // due 10:00, terms 60 minutes: exactly at the deadline
    [InlineData("succeeded", "2026-03-09T11:00:00.001Z", null, "breached")]
    [InlineData("succeeded", "2026-03-09T11:00:00Z", 59, "breached")] // the workflow's own limit wins
    [InlineData("succeeded", "2026-03-09T11:29:00Z", 90, "met")]
    [InlineData("failed", "2026-03-09T10:01:00Z", null, "breached")]
    [InlineData("skipped", null, null, "breached")]
    [InlineData("cancelled", "2026-03-09T10:01:00Z", null, "none")]
    [InlineData("queued", null, null, "breached")] // open and long past its deadline
    [InlineData("waiting", null, 1560, "pending")] // now is exactly the deadline: it may still succeed
    [InlineData("queued", null, 1559, "breached")]
    public async Task Compute_OneOccurrence_JudgesItsSla(string status, string? finished, int? slaMinutes, string expected)
    {
        var company = await AddCompanyAsync($"sla-{Guid.NewGuid():N}");
        await AddWorkflowAsync(company, "w", slaMinutes);
        await AddRunAsync(company, "2026-03-09T10:00Z", status, finished: finished, reason: status == "skipped" ? "missed" : null);

        var sla = (await ComputeAsync(company, March9)).Sla;

        Assert.Equal(
            expected switch
            {
                "met" => new SlaKpis(1, 0, 0, 1),
                "breached" => new SlaKpis(0, 1, 0, 0),
                "pending" => new SlaKpis(0, 0, 1, null),
                _ => new SlaKpis(0, 0, 0, null),
            },
            sla);
    }

    [Fact]
    public async Task Compute_PeriodThatIsNotOver_EarnsTheFixedFeeUpToNow()
    {
        var company = await AddCompanyAsync("ongoing", monthlyFee: 31);

        var kpis = await ComputeAsync(company, PeriodChoice.Named(NamedPeriod.ThisMonth));

        Assert.Equal(9.5m, kpis.Money.FixedFee);
    }

    [Fact]
    public async Task Compute_CompanyThatCameAndLeft_EarnsTheFixedFeeBetween()
    {
        var company = await AddCompanyAsync("short-lived", monthlyFee: 31);
        await database.ExecuteAsync(
            "update agency.company set created_at = $2, status = 'archived', archived_at = $3 where company_id = $1",
            company.Value, At("2026-03-02T00:00Z"), At("2026-03-05T00:00Z"));

        Assert.Equal(3m, (await ComputeAsync(company, PeriodChoice.Named(NamedPeriod.ThisMonth))).Money.FixedFee);
    }

    [Fact]
    public async Task Compute_OtherCurrencyOrNoTerms_GivesNoMarginAndSaysWhy()
    {
        var foreign = await AddCompanyAsync("foreign", monthlyFee: 31, currency: "USD");
        var bare = await AddCompanyAsync("bare");
        await database.ExecuteAsync("delete from agency.company_terms where company_id = $1", bare.Value);

        var (dollars, unknown) = ((await ComputeAsync(foreign, March9)).Money, (await ComputeAsync(bare, March9)).Money);

        Assert.Equal(("USD", 1m, "EUR", 0m, null), (dollars.Currency, dollars.Revenue, dollars.CostCurrency, dollars.Cost, dollars.Margin));
        Assert.Contains("USD", Assert.Single(dollars.Notes), StringComparison.Ordinal);
        Assert.Equal((null, null, null), (unknown.Currency, unknown.Revenue, unknown.Margin));
        Assert.Single(unknown.Notes);
    }

    [Fact]
    public async Task Compute_Escalations_MeasuresThoseOpenedInThePeriod()
    {
        var company = await AddCompanyAsync("escalations");
        await AddEscalationAsync(company, "2026-03-09T10:00Z", "2026-03-09T10:10Z", "2026-03-09T11:00Z");
        await AddEscalationAsync(company, "2026-03-09T12:00Z", "2026-03-09T12:20Z", null);
        await AddEscalationAsync(company, "2026-03-08T12:00Z", null, null);

        Assert.Equal(new EscalationKpis(2, 2, 900, 3600), (await ComputeAsync(company, March9)).Escalations);
    }

    [Fact]
    public async Task ComputeMany_CompaniesInDifferentZones_ReadsEachDayInItsOwn()
    {
        var berlin = await AddCompanyAsync("many-berlin", zone: "Europe/Berlin");
        var utc = await AddCompanyAsync("many-utc");
        foreach (var company in (CompanyId[])[berlin, utc])
        {
            await AddWorkflowAsync(company, "w");
            await AddRunAsync(company, "2026-03-08T23:30Z", "succeeded", finished: "2026-03-08T23:31Z");
        }

        await using var context = database.As("operations").OpenAgency();
        var kpis = await KpiQueries.ComputeManyAsync(context, [utc, berlin], March9, Prices, Now, TestContext.Current.CancellationToken);

        Assert.Equal([(berlin, 1L), (utc, 0L)], kpis.Select(k => (k.Client, k.Scheduled.Due)));
    }

    [Fact]
    public async Task ComputeMany_AsTenant_SeesItsCompanyAlone()
    {
        var (own, other) = (await AddCompanyAsync("kpi-own"), await AddCompanyAsync("kpi-other"));
        await using var context = database.As("health").OpenTenant(own);

        var all = await KpiQueries.ComputeManyAsync(context, null, March9, Prices, Now, TestContext.Current.CancellationToken);

        Assert.Equal(own, Assert.Single(all).Client);
        Assert.Null(await KpiQueries.ComputeAsync(context, other, March9, Prices, Now, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ByDay_OfAPeriod_GivesEveryDayAndAddsUp()
    {
        var company = await AddCompanyAsync("days");
        await AddWorkflowAsync(company, "w");
        await AddRunAsync(company, "2026-03-07T10:00Z", "succeeded", finished: "2026-03-07T10:01Z");
        await AddRunAsync(company, "2026-03-09T10:00Z", "failed", finished: "2026-03-09T10:01Z");
        await AddRunAsync(company, "2026-03-09T11:00Z", "skipped", reason: "missed", occurrences: 2);

        await using var context = database.As("operations").OpenTenant(company);
        var period = await KpiQueries.ResolveAsync(context, company, PeriodChoice.Named(NamedPeriod.Last7Days), Now, TestContext.Current.CancellationToken);
        var days = await KpiQueries.ByDayAsync(context, company, period!, Now, TestContext.Current.CancellationToken);

        Assert.Equal([0L, 0, 0, 1, 0, 3, 0], days.Select(d => d.Scheduled.Due));
        Assert.Equal(new DateOnly(2026, 3, 4), days[0].Date);
        Assert.Equal(2, days[5].Scheduled.SkippedByReason["missed"]);
        Assert.Null(days[0].Scheduled.CompletionRate);
    }

    [Fact]
    public async Task ByWorkflow_OfAPeriod_GivesThoseWithRunsAndAddsUp()
    {
        var company = await AddCompanyAsync("workflows");
        await AddWorkflowAsync(company, "w", slaMinutes: 5);
        await AddWorkflowAsync(company, "idle");
        await AddRunAsync(company, "2026-03-09T10:00Z", "succeeded", finished: "2026-03-09T10:06Z", seconds: 4);
        await AddRunAsync(company, "2026-03-09T11:00Z", "skipped", reason: "missed", occurrences: 2);
        await AddRunAsync(company, "2026-03-08T11:00Z", "failed");

        await using var context = database.As("operations").OpenTenant(company);
        var period = March9.Resolve(TimeZoneInfo.Utc, Now);
        var only = Assert.Single(await KpiQueries.ByWorkflowAsync(context, company, period, Now, TestContext.Current.CancellationToken));
        var whole = await ComputeAsync(company, March9);

        Assert.Equal(new WorkflowId("w"), only.Workflow);
        Assert.Equal((3, 1, 2), (only.Scheduled.Due, only.Scheduled.Succeeded, only.Scheduled.Skipped));
        Assert.Equal((whole.Manual, whole.Sla, whole.Work), (only.Manual, only.Sla, only.Work));
        Assert.Equal(new SlaKpis(0, 3, 0, 0), only.Sla);
    }

    private async Task<CompanyKpis> ComputeAsync(CompanyId company, PeriodChoice period)
    {
        await using var context = database.As("health").OpenAgency(company);
        var kpis = await KpiQueries.ComputeAsync(context, company, period, Prices, Now, TestContext.Current.CancellationToken);
        return kpis ?? throw new InvalidOperationException("The company was not found.");
    }

    private async Task<CompanyId> AddCompanyAsync(string id, decimal monthlyFee = 0, decimal feePerRun = 0, string currency = "EUR", string zone = "UTC")
    {
        var company = await database.AddCompanyAsync(id);
        await database.ExecuteAsync("update agency.company set created_at = '2025-01-01', time_zone = $2 where company_id = $1", id, zone);
        await database.ExecuteAsync(
            "update agency.company_terms set monthly_fee = $2, fee_per_successful_run = $3, currency = $4 where company_id = $1",
            id, monthlyFee, feePerRun, currency);
        return company;
    }

    private Task AddWorkflowAsync(CompanyId company, string id, int? slaMinutes = null) => database.ExecuteAsync(
        """
        insert into agency.workflow (company_id, workflow_id, type, status, sla_minutes, failure_count, max_attempts, retry_initial_seconds,
            retry_factor, retry_max_seconds, timeout_seconds, created_at, updated_at)
        values ($1, $2, 'weekly_reporting', 'active', nullif($3, 0), 0, 3, 30, 2, 3600, 600, now(), now())
        """,
        company.Value, id, slaMinutes ?? 0);

    private Task AddRunAsync(
        CompanyId company, string due, string status, string trigger = "scheduled", string? finished = null, double seconds = 0, long tokens = 0,
        int attempt = 0, string? reason = null, int occurrences = 1, string? created = null) => database.ExecuteAsync(
        """
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, attempt, available_at, created_at, finished_at,
            run_seconds, tokens, skip_reason, occurrences)
        values ($1, gen_random_uuid(), 'w', $2, $3, $4, $5, $3, $11, nullif($6, '')::timestamptz, $7, $8, nullif($9, ''), $10)
        """,
        company.Value, trigger, At(due), status, attempt, finished ?? "", seconds, tokens, reason ?? "", occurrences, At(created ?? due));

    private Task AddEscalationAsync(CompanyId company, string opened, string? acknowledged, string? resolved) => database.ExecuteAsync(
        """
        insert into agency.escalation (company_id, escalation_id, source, reason, status, opened_at, opened_by, acknowledged_at, resolved_at)
        values ($1, gen_random_uuid(), 'requested', 'why', $5, $2, 'test', nullif($3, '')::timestamptz, nullif($4, '')::timestamptz)
        """,
        company.Value, At(opened), acknowledged ?? "", resolved ?? "", resolved is not null ? "resolved" : acknowledged is not null ? "acknowledged" : "open");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
