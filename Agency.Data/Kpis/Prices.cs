namespace Agency.Data.Kpis;

/// <summary>What the work costs the agency itself.</summary>
/// <param name="PerRunSecond">Price of one second of a worker.</param>
/// <param name="PerThousandTokens">Price of 1,000 model tokens.</param>
/// <param name="Currency">ISO 4217 code of both.</param>
public sealed record Prices(decimal PerRunSecond, decimal PerThousandTokens, string Currency);
