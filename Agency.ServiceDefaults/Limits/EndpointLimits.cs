using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;

namespace Agency.ServiceDefaults.Limits;

/// <summary>Limits of single endpoints, tighter than those of the whole server.</summary>
public static class EndpointLimits
{
    /// <summary>
    /// At most <paramref name="perMinute"/> requests per minute and address, with or without a token: for what one could try again and again. The setting
    /// <c>Limits:PerMinute:{name}</c> overrides it; endpoints of one name share it.
    /// </summary>
    public static TBuilder WithStrictLimit<TBuilder>(this TBuilder builder, string name, int perMinute)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new StrictLimit(name, perMinute));

    /// <summary>Refuses a larger body, with 413 and before it is read.</summary>
    public static TBuilder WithMaxBody<TBuilder>(this TBuilder builder, long bytes)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequestSizeLimitAttribute(bytes));
}

internal sealed record StrictLimit(string Name, int PerMinute);
