using System.Text.Json;
using Agency.Data;
using Agency.Data.Tenancy;
using Agency.HealthMonitor.Alerts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Agency.HealthMonitor.Tests.Alerts;

public sealed class AlertTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task CheckAlerts_LimitCrossedThenBack_FiresOnceNotifiesOnceAndClears()
    {
        var company = await server.Database.AddCompanyAsync("alerts");
        await RuleAsync("alerts", "tickets_open", "above", 10);
        await TrackAsync("alerts", "tickets_open", 30);
        await TrackAsync("alerts", "tickets_open", 10);

        Assert.Equal(("firing", true, false, 20.0), await CheckAsync("alerts"));
        Assert.Equal(("firing", false, false, 20.0), await CheckAsync("alerts"));
        Assert.Equal((1L, 1L), await CountsAsync(company));

        // Mean (30 + 10 - 10) / 3 = 10: on the limit is within it.
        await TrackAsync("alerts", "tickets_open", -10);
        Assert.Equal(("ok", false, true, 10.0), await CheckAsync("alerts"));
        Assert.Equal(("ok", false, false, 10.0), await CheckAsync("alerts"));

        await TrackAsync("alerts", "tickets_open", 100);
        Assert.Equal(("firing", true, false, 32.5), await CheckAsync("alerts"));
        Assert.Equal((2L, 2L), await CountsAsync(company));
    }

    [Fact]
    public async Task AlertOnThreshold_SetAndChanged_IsInTheAuditLogWithWhatWas()
    {
        await server.Database.AddCompanyAsync("audited");
        await RuleAsync("audited", "load", "above", 1);
        await RuleAsync("audited", "load", "above", 2);

        Assert.Equal("-/1 1/2", await server.Database.ScalarAsync<string>("""
            select string_agg(coalesce(before::jsonb -> 0 ->> 'threshold', '-') || '/' || (after::jsonb -> 0 ->> 'threshold'), ' ' order by seq)
            from agency.audit_log where chain = 'audited' and action = 'alert_on_threshold' and outcome = 'done'
            """));
        Assert.True(await server.Database.ScalarAsync<bool>("""
            select r.xmin = l.xmin from agency.alert_rule r, agency.audit_log l where r.company_id = 'audited' and l.chain = 'audited' order by l.seq desc limit 1
            """));
    }

    [Fact]
    public async Task RunOnce_ManyEvaluatorsAtOnce_FireOneAlertWithOneNotification()
    {
        var company = await server.Database.AddCompanyAsync("race");
        await RuleAsync("race", "load", "above", 1);
        await TrackAsync("race", "load", 2);
        var loop = server.Services.GetRequiredService<AlertLoop>();

        var rounds = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => loop.RunOnceAsync(TestContext.Current.CancellationToken)));

        Assert.Single(rounds.SelectMany(checks => checks), check => check.Client == company && check.Fired);
        Assert.Equal((1L, 1L), await CountsAsync(company));
    }

    [Fact]
    public async Task Evaluate_CheckThatBeganBeforeTheAlertFired_DoesNotClearIt()
    {
        var company = await server.Database.AddCompanyAsync("slow");
        await RuleAsync("slow", "load", "above", 1);
        await server.Database.ExecuteAsync("insert into agency.metric_sample (company_id, name, at, value) values ($1, 'load', now() - interval '10 minutes', 0)", company.Value);
        await TrackAsync("slow", "load", 4);
        Assert.True((await CheckAsync("slow")).Fired);

        // It saw the first value alone, which is within the limit.
        await using var context = server.Services.GetRequiredService<AgencyDatabase>().OpenAgency(company);
        var slow = new AlertEvaluator(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(-5)));
        var check = Assert.Single(await slow.EvaluateAsync(context, company, TestContext.Current.CancellationToken));

        Assert.Equal((AlertState.Ok, false), (check.State, check.Cleared));
        Assert.Equal(1L, await server.Database.ScalarAsync<long>("select count(*) from agency.alert where company_id = $1 and cleared_at is null", company.Value));
    }

    [Fact]
    public async Task CheckAlerts_WithoutValuesInTheWindow_LeavesAnActiveAlertAlone()
    {
        var company = await server.Database.AddCompanyAsync("silent");
        await RuleAsync("silent", "load", "above", 1, window: 5);
        await TrackAsync("silent", "load", 2);
        await CheckAsync("silent");
        await server.Database.ExecuteAsync("update agency.metric_sample set at = at - interval '6 minutes' where company_id = $1", company.Value);

        var check = (await server.AsCompanyAsync("silent", "check_alerts", new { })).GetProperty("items")[0];

        Assert.Equal("no_data", check.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, check.GetProperty("value").ValueKind);
        Assert.Equal(1L, await server.Database.ScalarAsync<long>("select count(*) from agency.alert where company_id = $1 and cleared_at is null", company.Value));
    }

    [Theory]
    [InlineData("success_rate", "below", 0.9, 0.5)]
    [InlineData("sla_compliance", "below", 0.9, 1.0 / 3)] // the queued one is past its deadline
    [InlineData("completion_rate", "below", 0.9, 1.0 / 3)]
    [InlineData("run_seconds", "above", 10, 20.0)]
    [InlineData("failed_runs", "above", 0, 1.0)]
    [InlineData("queued_runs", "above", 0, 1.0)]
    [InlineData("open_escalations", "above", 0, 1.0)]
    public async Task CheckAlerts_OnBuiltInMetric_TakesItsValueForTheWindow(string metric, string comparison, double threshold, double expected)
    {
        var company = await server.Database.AddCompanyAsync("built-in-" + metric);
        await server.AddWorkflowAsync(company);
        await server.AddRunAsync(company, "succeeded", minutesAgo: 70, seconds: 10);
        await server.AddRunAsync(company, "failed", minutesAgo: 71, seconds: 30);
        await server.AddRunAsync(company, "queued", minutesAgo: 72);
        await server.AddRunAsync(company, "succeeded", minutesAgo: 200, seconds: 1000); // before the window
        await server.Database.ExecuteAsync(
            """
            insert into agency.escalation (company_id, escalation_id, source, reason, status, opened_at, opened_by)
            values ($1, gen_random_uuid(), 'requested', 'why', 'open', now(), 'test')
            """,
            company.Value);
        await RuleAsync(company.Value, metric, comparison, threshold, window: 120);

        var (state, fired, _, value) = await CheckAsync(company.Value);

        Assert.Equal(("firing", true), (state, fired));
        Assert.Equal(expected, value, 9);
    }

    [Fact]
    public async Task AlertOnThreshold_Again_ChangesTheRule()
    {
        await server.Database.AddCompanyAsync("upsert");
        var first = await RuleAsync("upsert", "load", "above", 1);
        var again = await RuleAsync("upsert", "load", "above", 2, window: 5);
        await RuleAsync("upsert", "load", "below", 0);

        var rules = (await server.AsCompanyAsync("upsert", "list_alert_rules", new { })).GetProperty("items").EnumerateArray().ToArray();

        Assert.Equal((true, false), (first.GetProperty("created").GetBoolean(), again.GetProperty("created").GetBoolean()));
        Assert.Equal(first.GetProperty("alert_rule_id").GetGuid(), again.GetProperty("alert_rule_id").GetGuid());
        Assert.Equal([("above", 2.0, 5), ("below", 0.0, 60)], rules.Select(r => (
            r.GetProperty("comparison").GetString()!, r.GetProperty("threshold").GetDouble(), r.GetProperty("window_minutes").GetInt32())).Order());
    }

    [Fact]
    public async Task ListAlertRules_InPages_GivesEachOnceWithItsAlert()
    {
        await server.Database.AddCompanyAsync("paged");
        await RuleAsync("paged", "a", "above", 1);
        await RuleAsync("paged", "b", "above", 1);
        await TrackAsync("paged", "b", 2);
        await server.AsCompanyAsync("paged", "check_alerts", new { });

        var first = await server.AsCompanyAsync("paged", "list_alert_rules", new { limit = 1 });
        var second = await server.AsCompanyAsync("paged", "list_alert_rules", new { limit = 1, cursor = first.GetProperty("next_cursor").GetString() });

        JsonElement[] all = [.. first.GetProperty("items").EnumerateArray(), .. second.GetProperty("items").EnumerateArray()];
        Assert.Equal(["a", "b"], all.Select(r => r.GetProperty("metric").GetString()!).Order());
        Assert.Equal("b", Assert.Single(all, r => r.GetProperty("active_since").ValueKind != JsonValueKind.Null).GetProperty("metric").GetString());
    }

    [Fact]
    public async Task DeleteAlertRule_WithAnAlert_DeletesBothAndThenIsUnknown()
    {
        var company = await server.Database.AddCompanyAsync("deleting");
        var rule = (await RuleAsync("deleting", "load", "above", 1)).GetProperty("alert_rule_id").GetString();
        await TrackAsync("deleting", "load", 2);
        await CheckAsync("deleting");

        await server.AsCompanyAsync("deleting", "delete_alert_rule", new { alert_rule_id = rule });

        Assert.Equal((0L, 1L), await CountsAsync(company));
        Assert.StartsWith("not_found", await server.FailAsync("deleting", "delete_alert_rule", new { alert_rule_id = rule }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOnce_ArchivedCompany_IsLeftOut()
    {
        var company = await server.Database.AddCompanyAsync("archived");
        await RuleAsync("archived", "load", "above", 1);
        await server.Database.ExecuteAsync("update agency.company set status = 'archived', archived_at = now() where company_id = $1", company.Value);

        var checks = await server.Services.GetRequiredService<AlertLoop>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain(checks, check => check.Client == company);
    }

    private Task<JsonElement> RuleAsync(string company, string metric, string comparison, double threshold, int window = 60) =>
        server.AsCompanyAsync(company, "alert_on_threshold", new { metric, comparison, threshold, window_minutes = window });

    private Task<JsonElement> TrackAsync(string company, string name, double value) => server.AsCompanyAsync(company, "track_metric", new { name, value });

    private async Task<(string State, bool Fired, bool Cleared, double Value)> CheckAsync(string company)
    {
        var checks = await server.AsCompanyAsync(company, "check_alerts", new { });
        var check = Assert.Single(checks.GetProperty("items").EnumerateArray());
        return (check.GetProperty("state").GetString()!, check.GetProperty("fired").GetBoolean(), check.GetProperty("cleared").GetBoolean(), check.GetProperty("value").GetDouble());
    }

    private async Task<(long Alerts, long Notifications)> CountsAsync(CompanyId company) => (
        await server.Database.ScalarAsync<long>("select count(*) from agency.alert where company_id = $1", company.Value),
        await server.Database.ScalarAsync<long>("select count(*) from agency.notification where company_id = $1 and kind = 'alert_fired'", company.Value));
}
