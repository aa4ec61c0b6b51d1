using Microsoft.AspNetCore.Http;

namespace Agency.ServiceDefaults.Identity;

/// <summary>The caller of the request in hand.</summary>
public interface ICallerAccessor
{
    /// <summary>Null outside a request and for an anonymous one.</summary>
    Caller? Current { get; }
}

internal sealed class HttpCallerAccessor(IHttpContextAccessor http) : ICallerAccessor
{
    public Caller? Current => CallerClaims.TryRead(http.HttpContext?.User, out var caller) ? caller : null;
}
