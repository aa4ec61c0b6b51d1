using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Agency.Data.Auditing;

/// <summary>Reads what a context is about to save.</summary>
internal static class EntityChanges
{
    private const string CompanyProperty = "CompanyId";

    public static List<AuditChange> Of(DbContext context) =>
    [
        .. context.ChangeTracker.Entries()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .Select(Of),
    ];

    private static AuditChange Of(EntityEntry entry)
    {
        var type = entry.Metadata;
        var company = type.FindProperty(CompanyProperty) is { } property && entry.Property(property.Name).CurrentValue is CompanyId id ? id : (CompanyId?)null;
        if (type.ClrType.IsDefined(typeof(NotAuditedAttribute)))
        {
            return new AuditChange(company, null, null, null);
        }

        var table = type.GetTableName() ?? type.ClrType.Name;
        var keys = type.FindPrimaryKey()!.Properties.Where(p => p.Name != CompanyProperty && !entry.Property(p.Name).IsTemporary).ToList();
        var key = new JsonObject(keys.Select(p => Pair(entry, p, original: false)));
        var target = string.Join(' ', keys.Select(p => $"{entry.Property(p.Name).CurrentValue}").Prepend(table));
        return new AuditChange(
            company,
            target,
            entry.State is EntityState.Added ? null : Write(entry, table, key, original: true),
            entry.State is EntityState.Deleted ? null : Write(entry, table, key, original: false));
    }

    private static string Write(EntityEntry entry, string table, JsonObject key, bool original)
    {
        var shown = entry.Metadata.GetProperties().Where(p => !p.IsPrimaryKey() && p.PropertyInfo is not null && p.Name != CompanyProperty
            && (entry.State is not EntityState.Modified || entry.Property(p.Name).IsModified));
        return AuditJson.Write(new JsonObject
        {
            ["table"] = table,
            ["key"] = key.DeepClone(),
            ["values"] = new JsonObject(shown.Select(p => Pair(entry, p, original))),
        });
    }

    private static KeyValuePair<string, JsonNode?> Pair(EntityEntry entry, IProperty property, bool original)
    {
        var tracked = entry.Property(property.Name);
        var value = original ? tracked.OriginalValue : tracked.CurrentValue;
        if (value is not null && property.GetTypeMapping().Converter is { } converter)
        {
            value = converter.ConvertToProvider(value);
        }

        return KeyValuePair.Create(property.GetColumnName(), Hidden(property, value));
    }

    private static JsonNode? Hidden(IProperty property, object? value)
    {
        var member = property.PropertyInfo!;
        if (member.IsDefined(typeof(SecretAttribute)))
        {
            return value is null ? null : AuditJson.Secret;
        }

        return member.IsDefined(typeof(ContentAttribute)) || (!property.IsPrimaryKey() && member.DeclaringType!.IsDefined(typeof(ContentAttribute)))
            ? AuditJson.Content(value)
            : AuditJson.Of(value);
    }
}
