using System.Text.Json;
using Agency.Data.Auditing;
using Agency.Operations.Audit;
using Agency.Testing;

namespace Agency.Operations.Tests.Clients;

public sealed class ClientEraseTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Erase_LeavesNoRowOfTheClientAndTouchesNoOther()
    {
        await ClientSeed.AddAsync(operations, "erased");
        await ClientSeed.AddAsync(operations, "staying");
        var own = (await operations.OperatorAsync("issue_token", """{"role":"company","client":"erased"}""")).Of("token_id")!;
        using var zip = await ExportedZip.DownloadAsync(operations, "erased");
        var staying = await StoredRows.ContentAsync(operations.Database, "staying");
        Assert.DoesNotContain(await StoredRows.CountAsync(operations.Database, "erased"), table => table.Value == 0);

        var erased = await operations.OperatorAsync("erase_client", """{"client":"erased","confirm":"erased"}""");

        var after = await StoredRows.CountAsync(operations.Database, "erased");
        Assert.All(after, table => Assert.Equal(0, table.Value));
        Assert.Equal(after.Keys.Order(), erased["tables"].EnumerateArray().Select(t => t.GetProperty("table").GetString()!).Order());
        Assert.All(erased["tables"].EnumerateArray(), t => Assert.True(t.GetProperty("before").GetInt64() > 0 && t.GetProperty("after").GetInt64() == 0, t.GetRawText()));
        Assert.Equal(staying, await StoredRows.ContentAsync(operations.Database, "staying"));
        Assert.Equal(1, await operations.Database.ScalarAsync<long>("select count(*) from agency.revoked_token where token_id = $1", own));
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit")).Of("unbroken"));

        // What is left says who, what and how much, and proves the exported chain up to where it was erased.
        var entry = (await operations.OperatorAsync("list_audit_log", """{"action":"erase_client","details":true}"""))["items"].EnumerateArray()
            .First(e => e.GetProperty("target").GetString() == "client erased");
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("client").ValueKind);
        var (before, now) = (entry.GetProperty("before")[0], entry.GetProperty("after")[0]);
        Assert.Equal(erased.Of("audit_hash"), now.GetProperty("audit_hash").GetString());
        Assert.True(before.GetProperty("rows").GetProperty("memory").GetInt64() == 1 && now.GetProperty("rows").GetProperty("memory").GetInt64() == 0);
        var exported = zip.AuditEntries();
        Assert.Empty(Verify(exported));
        Assert.True(exported.Count < erased["audit_seq"].GetInt64());

        (await operations.OperatorAsync("erase_client", """{"client":"erased","confirm":"erased"}""")).IsFailure("not_found", "erased");
        await ClientSeed.AddAsync(operations, "erased");
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit", """{"client":"erased"}""")).Of("unbroken"));
    }

    [Fact]
    public async Task Erase_ClientThatAnAppWasGranted_EndsTheGrant()
    {
        await ClientSeed.AddAsync(operations, "granted");
        await operations.Database.ExecuteAsync("""
            insert into agency.oauth_authorization (id, status) values ('of-granted', 'valid'), ('of-another', 'valid');
            update agency.issued_token set grant_id = 'of-granted' where company_id = 'granted';
            """);

        await operations.OperatorAsync("erase_client", """{"client":"granted","confirm":"granted"}""");

        Assert.Equal(
            "of-another valid, of-granted revoked",
            await operations.Database.ScalarAsync<string>("select string_agg(id || ' ' || status, ', ' order by id) from agency.oauth_authorization where id like 'of-%'"));
    }

    [Fact]
    public async Task Erase_WhileWorkExecutes_FreezesAndErasesNothing()
    {
        await ClientSeed.AddAsync(operations, "working");
        await operations.Database.ExecuteAsync("update agency.run set status = 'running', lease_owner = 'x', lease_until = now() where company_id = 'working'");
        var erasing = operations.OperatorAsync("erase_client", """{"client":"working","confirm":"working"}""");

        // The scheduler stops what executes as soon as the client is frozen; then erasing goes on.
        await Eventually.TrueAsync(
            () => operations.Database.ScalarAsync<long>("select count(*) from agency.work_hold where company_id = 'working' and kind = 'freeze'"), n => n == 1, TimeSpan.FromSeconds(30));
        Assert.Equal(2, (await StoredRows.CountAsync(operations.Database, "working"))["run"]);
        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => operations.Database.ExecuteAsync("select agency.erase_client('working')"));
        Assert.Equal(Npgsql.PostgresErrorCodes.ObjectInUse, refusal.SqlState);
        await operations.Database.ExecuteAsync("update agency.run set status = 'queued', lease_owner = null, lease_until = null where company_id = 'working'");

        Assert.Equal("working", (await erasing).Of("client"));
        Assert.All(await StoredRows.CountAsync(operations.Database, "working"), table => Assert.Equal(0, table.Value));
    }

    [Theory]
    [InlineData("""{"client":"kept","confirm":"Kept"}""", "invalid", "exactly")]
    [InlineData("""{"client":"kept","confirm":"yes"}""", "invalid", "Nothing was changed")]
    [InlineData("""{"client":"kept"}""", "invalid", "confirm")]
    [InlineData("""{"client":"nobody","confirm":"nobody"}""", "not_found", "nobody")]
    public async Task Erase_AskedWrongly_ChangesNothing(string arguments, string kind, string says)
    {
        await operations.Database.AddCompanyAsync("kept");
        (await operations.OperatorAsync("erase_client", arguments)).IsFailure(kind, says);
        (await operations.CompanyAsync("kept", "erase_client", """{"client":"kept","confirm":"kept"}""")).IsFailure("forbidden", "operator");
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.work_hold where company_id = 'kept'"));
        Assert.Equal(1, (await StoredRows.CountAsync(operations.Database, "kept"))["company"]);
    }

    [Fact]
    public async Task Archive_ByOtherLogins_IsClosed()
    {
        foreach (var login in new[] { "operations_tenant", "context_agency", "context_tenant", "health_agency", "scheduler_agency" })
        {
            foreach (var sql in new[] { "select agency.export_rows('a', 'memory')", "select agency.erase_client('a')" })
            {
                await using var connection = new Npgsql.NpgsqlConnection(operations.Database.ConnectionString(login));
                await connection.OpenAsync(Stop);
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Stop));
                Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }
    }

    private static IReadOnlyList<ChainProblem> Verify(IReadOnlyList<AuditEntry> entries)
    {
        var check = new ChainCheck(entries[0].CompanyId);
        foreach (var entry in entries)
        {
            check.Add(entry);
        }

        return check.End(new AuditHead { Chain = entries[^1].Chain, Seq = entries[^1].Seq, Hash = entries[^1].Hash });
    }
}
