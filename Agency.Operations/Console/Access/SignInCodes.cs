using System.Security.Cryptography;
using System.Text;
using Agency.Data;
using Agency.Data.Tenancy;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Console.Access;

/// <summary>
/// Codes that sign an operator in once. They live in the database, so that any replica takes a code and none takes it twice; only their hash is kept.
/// </summary>
internal sealed class SignInCodes(AgencyDatabase database, TimeProvider time)
{
    public async Task<string> IssueAsync(string subject, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var code = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var now = time.Now();
        await using var context = database.OpenAgency();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.SignInCodes.Where(c => c.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);

        // By a statement, so that the audit log says who asked for a code and not what identifies it.
        await context.Database.ExecuteSqlAsync(
            $"insert into sign_in_code (code_hash, subject, created_at, expires_at) values ({Hash(code)}, {subject}, {now}, {now + lifetime})", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return code;
    }

    /// <summary>Whom the code signs in; null for one that is unknown, over, or was taken before. It is spent when the transaction of <paramref name="context"/> commits.</summary>
    public async Task<string?> TakeAsync(AgencyDbContext context, string code, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var subjects = await context.Database
            .SqlQuery<string>(
                $"update sign_in_code set used_at = {now} where code_hash = {Hash(code)} and used_at is null and expires_at > {now} returning subject as value")
            .ToListAsync(cancellationToken);
        return subjects.SingleOrDefault();
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
