using Agency.Data;

namespace Agency.Operations.Secrets;

/// <summary>A secret without its value, which nothing shows.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="SetAt">When its value was set.</param>
/// <param name="SetBy">By whom.</param>
/// <param name="LastUsedAt">When it was last sent, to the minute; null since its value was set.</param>
/// <param name="Origin">The only place where connectors may send it; null while none has been set up with it.</param>
public sealed record SecretView(CompanyId Client, string Name, DateTimeOffset SetAt, string SetBy, DateTimeOffset? LastUsedAt, string? Origin);

/// <summary>A secret that was set.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="Replaced">There was one of that name; its value is gone.</param>
/// <param name="Connectors">The connectors that send it from now on.</param>
internal sealed record SetSecret(SecretView Secret, bool Replaced, IReadOnlyList<string> Connectors);

/// <summary>A secret that is gone.</summary>
internal sealed record DeletedSecret(CompanyId Client, string Name);
