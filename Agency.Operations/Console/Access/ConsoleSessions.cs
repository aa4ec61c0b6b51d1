using Agency.Data.Auditing;
using Agency.Data.Tenancy;
using Agency.Operations.Tokens;
using Agency.ServiceDefaults.Identity;

namespace Agency.Operations.Console.Access;

/// <summary>
/// What a browser holds while someone is signed in: a token of its own, for the console alone, recorded like every other. It opens no MCP server, ends with
/// the token or code it was opened with, and is revoked when its owner signs out.
/// </summary>
internal sealed class ConsoleSessions(AgencyDatabase database, SignInCodes codes, TokenOffice office, ServerAddresses servers, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>The audience of a session, which no MCP server accepts.</summary>
    public static string Audience(ServerAddresses servers) => servers.Base("operations") + "/console";

    /// <summary>For whoever came with a one-time code, which is spent if, and only if, the session is there; null when the code is not good.</summary>
    public async Task<IssuedToken?> OpenByCodeAsync(string code, CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await codes.TakeAsync(context, code, cancellationToken) is not { } subject)
        {
            return null;
        }

        AuditCall.Begin(new AuditActor(subject, "code"), "operations", SignIn.Action);
        var session = await office.IssueAsync(
            context, TokenRequest.ForOperator(subject, Lifetime, [Audience(servers)]), NameOf(subject), grantId: "sign-in code", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return session;
    }

    /// <summary>For the holder of a token: no mightier, and no longer than that; null when it was revoked just now.</summary>
    public Task<IssuedToken?> OpenAsync(Caller holder, DateTimeOffset tokenEnds, CancellationToken cancellationToken)
    {
        var left = tokenEnds - time.GetUtcNow();
        var lifetime = left < Lifetime ? TimeSpan.FromSeconds(Math.Max(1, Math.Floor(left.TotalSeconds))) : Lifetime;
        string[] audience = [Audience(servers)];
        var request = holder.Role is CallerRole.Operator
            ? TokenRequest.ForOperator(holder.Subject, lifetime, audience)
            : TokenRequest.ForViewer(holder.Subject, lifetime, audience);
        return office.IssueFromAsync(holder.TokenId, NameOf(holder.Subject), request, cancellationToken);
    }

    public Task CloseAsync(Caller caller, CancellationToken cancellationToken) => office.RevokeAsync(caller.TokenId, cancellationToken);

    private static string NameOf(string subject)
    {
        const string suffix = " (console)";
        return (subject.Length > TokenOffice.MaxNameLength - suffix.Length ? subject[..(TokenOffice.MaxNameLength - suffix.Length)] : subject) + suffix;
    }
}
