using Agency.Data;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.Identity;

/// <summary>Which company a call is about. The credential decides; an argument can only repeat it, or choose for the agency's own people.</summary>
public sealed partial class CompanyScope(ICallerAccessor callers, AgencyMode mode, ILogger<CompanyScope> logger)
{
    private readonly AgencyMode _mode = mode;
    private readonly ILogger _logger = logger;

    private Caller Caller => callers.Current ?? throw new InvalidOperationException("There is no caller here.");

    /// <summary>The one company of this call; the default answer for a tool with a <c>client</c> argument.</summary>
    public Result<CompanyId> Resolve(string? client)
    {
        var caller = Caller;
        var result = CompanyResolution.ResolveCompany(caller, client, _mode);
        if (result.IsSuccess)
        {
            AuditCall.Current?.About(result.Value);
        }

        LogRefusal(caller, client, result.Error);
        return result;
    }

    /// <summary>For lists and overviews: null means every company, which only the agency's own people get, by naming none.</summary>
    public Result<CompanyId?> ResolveOptional(string? client)
    {
        var caller = Caller;
        if (caller.IsAgency && string.IsNullOrEmpty(client) && _mode.DefaultCompany is null)
        {
            return (CompanyId?)null;
        }

        return Resolve(client).Map(company => (CompanyId?)company);
    }

    private void LogRefusal(Caller caller, string? client, Error? error)
    {
        if (error is not null && caller.Company is { } own)
        {
            AuditCall.Current?.Deny();
            ForeignCompany(_logger, own, caller.TokenId, CompanyId.TryParse(client, out var named) ? named.Value : "(not a company id)");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A token of company {Company} (token {TokenId}) named another company, {Named}: refused.")]
    private static partial void ForeignCompany(ILogger logger, CompanyId company, string tokenId, string named);
}
