using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Agency.ServiceDefaults.Limits;

/// <summary>
/// Rate limits by caller. Strangers are limited before anything is done for them, holders of a token after it was validated: by an id that is only claimed
/// one caller could use up another's share.
/// </summary>
internal static class CallerLimits
{
    private const int SecondsInOneGo = 5;

    /// <summary>
    /// Adds the limits and, between and after them, authentication and authorization: left to the framework these would come first, and refuse
    /// strangers without counting them.
    /// </summary>
    public static void UseCallerLimits(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<IOptions<LimitOptions>>().Value;
        app.UseRateLimiter(Options(PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(http => Stranger(http, limits)),
            PartitionedRateLimiter.Create<HttpContext, string>(http => Strict(http, limits)))));
        if (app.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider)))
        {
            app.UseAuthentication();
            app.UseRateLimiter(Options(PartitionedRateLimiter.Create<HttpContext, string>(http => TokenHolder(http, limits))));
            app.UseAuthorization();
        }
    }

    /// <summary>
    /// Whether the process is alive costs nothing to say. Whether it is healthy asks the database: that is counted, but apart, so that whatever else comes
    /// from the address of a probe does not make the server look ill.
    /// </summary>
    private static RateLimitPartition<string> Stranger(HttpContext http, LimitOptions limits) => http.Request.Path.Value switch
    {
        "/alive" => RateLimitPartition.GetNoLimiter(""),
        "/health" => Bucket("health " + AddressOf(http), limits.AnonymousPerSecond),
        _ => ShowsToken(http) ? RateLimitPartition.GetNoLimiter("") : Bucket(AddressOf(http), limits.AnonymousPerSecond),
    };

    private static RateLimitPartition<string> Strict(HttpContext http, LimitOptions limits)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<StrictLimit>() is not { } strict)
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        return RateLimitPartition.GetFixedWindowLimiter($"{strict.Name} {AddressOf(http)}", _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = limits.PerMinute.GetValueOrDefault(strict.Name, strict.PerMinute),
            Window = TimeSpan.FromMinutes(1),
        });
    }

    private static RateLimitPartition<string> TokenHolder(HttpContext http, LimitOptions limits)
    {
        if (!ShowsToken(http))
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        return CallerClaims.TryRead(http.User, out var caller)
            ? Bucket("token " + caller.TokenId, caller.Role is CallerRole.Run ? limits.RunPerSecond : limits.CallerPerSecond)
            : Bucket(AddressOf(http), limits.AnonymousPerSecond);
    }

    private static RateLimitPartition<string> Bucket(string key, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = perSecond * SecondsInOneGo,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    });

    private static bool ShowsToken(HttpContext http) => http.Request.Headers.ContainsKey(HeaderNames.Authorization);

    /// <summary>Whoever has an IPv6 address has the network's other addresses too.</summary>
    private static string AddressOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
        {
            return "unknown";
        }

        if (address.IsIPv4MappedToIPv6 || address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return address.MapToIPv4().ToString();
        }

        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes).ToString();
    }

    private static RateLimiterOptions Options(PartitionedRateLimiter<HttpContext> limiter) => new()
    {
        GlobalLimiter = limiter,
        RejectionStatusCode = StatusCodes.Status429TooManyRequests,
        OnRejected = async (context, cancellationToken) =>
        {
            var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
            context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem(
                $"Too many requests. Try again in {seconds} s.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(context.HttpContext);
        },
    };
}
