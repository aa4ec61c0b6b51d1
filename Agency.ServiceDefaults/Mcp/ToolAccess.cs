using Agency.Data;
using Agency.ServiceDefaults.Identity;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>Which tools a caller may use. What is listed and what can be called is decided here alone.</summary>
internal static class ToolAccess
{
    /// <summary>Null when <paramref name="caller"/> may call <paramref name="tool"/>.</summary>
    public static Error? Refusal(Caller caller, AgencyTool tool)
    {
        var name = tool.ProtocolTool.Name;
        if (tool.OperatorOnly && !caller.IsAgency)
        {
            return Error.Forbidden($"'{name}' is for the agency's operator. Call tools/list to see what this token may use.");
        }

        if (tool.NotForRuns && caller.Role is CallerRole.Run)
        {
            return Error.Forbidden($"'{name}' is for people and their own tools, never for a run, whatever its SOP says.");
        }

        if (caller.Role is CallerRole.Run && !caller.Tools.Contains(name))
        {
            return Error.Forbidden($"This run may not call '{name}': its SOP does not list it. It may call: {string.Join(", ", caller.Tools.Order(StringComparer.Ordinal))}.");
        }

        return caller.CanWrite || tool.ReadOnly
            ? null
            : Error.Forbidden($"'{name}' changes things and this token may only read. Ask the operator for a token with write access.");
    }
}
