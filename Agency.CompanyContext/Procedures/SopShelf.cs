using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.Sops;
using Microsoft.EntityFrameworkCore;

namespace Agency.CompanyContext.Procedures;

/// <summary>The procedures a client works by: the agency's, and in their place the client's own of the same name.</summary>
internal sealed class SopShelf(CompanyScope scope, CompanyContent content, DefaultSops defaults, Caller caller, TimeProvider time)
{
    private const int MaxOverrides = 500;

    public Task<Result<Page<SopSummary>>> ListAsync(string? client, string? cursor, int limit, CancellationToken cancellationToken) =>
        WithOwnAsync<Page<SopSummary>>(
            client,
            own =>
            {
                var after = Cursor.Decode<string>(cursor);
                return after.IsSuccess
                    ? Page.From(
                        [.. Names(own).Where(name => string.CompareOrdinal(name, after.Value) > 0).Take(limit + 1).Select(name => Summary(own, name))],
                        limit,
                        summary => summary.Name)
                    : after.Error;
            },
            cancellationToken);

    public Task<Result<SopView>> GetAsync(string? client, string name, CancellationToken cancellationToken) =>
        WithOwnAsync<SopView>(
            client,
            own => own.TryGetValue(name, out var markdown) ? SopView.Of(Parsed(name, markdown), SopSource.Client)
                : defaults.ByName.TryGetValue(name, out var text) ? SopView.Of(text, SopSource.Default)
                : Unknown(name, Names(own)),
            cancellationToken);

    public async Task<Result<SopView>> SaveAsync(string? client, string? name, string markdown, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        if (PlainText.Check("markdown", markdown, SopParser.MaxLength) is { } problem)
        {
            return problem;
        }

        var parsed = SopParser.Parse(markdown);
        if (parsed.Sop is not { } sop)
        {
            return Error.Invalid($"The procedure cannot run and was not saved: {string.Join("; ", parsed.Errors)}. Correct it; validate_sop checks without saving.");
        }

        var key = name ?? sop.Name;
        if (!IsName(key))
        {
            return Error.Invalid("name must be 1 to 64 letters A-Z a-z, digits, '_' or '-'.");
        }

        return await content.UseAsync<SopView>(
            client,
            async session =>
            {
                if (await session.Db.SopOverrides.CountAsync(o => o.Name != key, cancellationToken) >= MaxOverrides)
                {
                    return Error.Conflict($"This client has {MaxOverrides} procedures of its own, which is all it can have. Delete one first.");
                }

                // One statement, so that two savings of one name both succeed and the later one stays.
                await session.Db.Database.ExecuteSqlAsync(
                    $"""
                    insert into agency.sop_override (company_id, name, markdown, updated_at)
                    values ({session.Id.Value}, {key}, {markdown}, {time.GetUtcNow()})
                    on conflict (company_id, name) do update set markdown = excluded.markdown, updated_at = excluded.updated_at
                    """,
                    cancellationToken);
                return SopView.Of(new SopText(key, markdown, parsed), SopSource.Client);
            },
            cancellationToken);
    }

    public Task<Result<SopDeleted>> DeleteAsync(string? client, string name, CancellationToken cancellationToken) =>
        Refusal() is { } refusal
            ? Task.FromResult<Result<SopDeleted>>(refusal)
            : content.UseAsync<SopDeleted>(
                client,
                async session =>
                {
                    var deleted = await session.Db.SopOverrides.Where(o => o.Name == name).ExecuteDeleteAsync(cancellationToken);
                    return deleted > 0
                        ? new SopDeleted(session.Id, name, defaults.ByName.ContainsKey(name))
                        : Error.NotFound($"'{session.Id}' has no procedure of its own called '{Shown(name)}'. Call sop_list; only those with source client can be deleted.");
                },
                cancellationToken);

    /// <summary>A run must not rewrite what runs do: that stays with people and with clients' own tools.</summary>
    private Error? Refusal() =>
        caller.Run is null ? null : Error.Forbidden("A run does not change procedures. Say in its result what should change; the operator decides.");

    /// <summary>Without a client the operator sees the agency's procedures.</summary>
    private async Task<Result<T>> WithOwnAsync<T>(string? client, Func<Dictionary<string, string>, Result<T>> use, CancellationToken cancellationToken)
    {
        var company = scope.ResolveOptional(client);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        return company.Value is { } id
            ? await content.UseAsync(
                id.Value,
                async session => use(await session.Db.SopOverrides.AsNoTracking()
                    .ToDictionaryAsync(o => o.Name, o => o.Markdown, StringComparer.Ordinal, cancellationToken)),
                cancellationToken)
            : use([]);
    }

    private IEnumerable<string> Names(Dictionary<string, string> own) =>
        defaults.ByName.Keys.Union(own.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private SopSummary Summary(Dictionary<string, string> own, string name) =>
        own.TryGetValue(name, out var markdown)
            ? SopSummary.Of(Parsed(name, markdown), SopSource.Client)
            : SopSummary.Of(defaults.ByName[name], SopSource.Default);

    private static SopText Parsed(string name, string markdown) => new(name, markdown, SopParser.Parse(markdown));

    private static Error Unknown(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        return Error.NotFound(names.Length == 0
            ? $"There is no procedure '{Shown(name)}', and no other one either. Call save_sop to add one for a client."
            : $"There is no procedure '{Shown(name)}'. Known: {string.Join(", ", names.Take(50))}{(names.Length > 50 ? ", … (sop_list shows all)" : "")}.");
    }

    private static string Shown(string name) => string.Concat(name.Take(64).Select(c => char.IsControl(c) ? ' ' : c));

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
