using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Agency.Data.Mapping;

internal static class Conversions
{
    public static void AddIdConversions(this ModelConfigurationBuilder model)
    {
        model.Properties<CompanyId>().HaveConversion<CompanyIdConverter>().HaveMaxLength(64);
        model.Properties<WorkflowId>().HaveConversion<WorkflowIdConverter>().HaveMaxLength(128);
        model.Properties<RunId>().HaveConversion<RunIdConverter>();
    }

    /// <summary>Writes every enumeration of the model in snake case.</summary>
    public static void AddEnumConversions(this ModelConfigurationBuilder model, Assembly assembly)
    {
        foreach (var type in assembly.GetExportedTypes().Where(t => t.IsEnum))
        {
            model.Properties(type).HaveConversion(typeof(SnakeCaseConverter<>).MakeGenericType(type)).HaveMaxLength(32);
        }
    }

    private sealed class CompanyIdConverter() : ValueConverter<CompanyId, string>(id => id.Value, text => new CompanyId(text));

    private sealed class WorkflowIdConverter() : ValueConverter<WorkflowId, string>(id => id.Value, text => new WorkflowId(text));

    private sealed class RunIdConverter() : ValueConverter<RunId, Guid>(id => id.Value, value => new RunId(value));

    private sealed class SnakeCaseConverter<TEnum>()
        : ValueConverter<TEnum, string>(value => SnakeCase.Of(value), text => SnakeCase.Parse<TEnum>(text))
        where TEnum : struct, Enum;
}
