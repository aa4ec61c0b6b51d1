using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Tests;

/// <summary>How urgent a note is.</summary>
internal enum NoteLevel
{
    Low,
    VeryHigh,
}

internal sealed record NoteLink(string Url, int? Rank);

internal sealed record Note(CompanyId Client, RunId? RunId, string Text, string? Author, NoteLevel Level, int MaxUses, IReadOnlyList<string> Tags);

internal sealed record Acknowledgement(CompanyId Client, string Message);

[McpServerToolType]
internal sealed class NoteTools(CompanyScope companies)
{
    [McpServerTool(Name = "list_notes", Title = "List notes", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the notes of a client, newest first.")]
    public Page<Note> ListNotes(
        [Description("The client company's id; leave it out with a company's token.")] string? client = null,
        [Description("Only notes of this level.")] NoteLevel? minLevel = null,
        [Description("Only notes since then.")] DateTimeOffset? since = null,
        [Description("Only notes about this workflow.")] WorkflowId? about = null,
        [Description("How many at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        [Description("next_cursor of the previous page.")] string? cursor = null)
    {
        var company = companies.Resolve(client).OrThrow();
        var from = Cursor.Decode<NotePosition>(cursor).OrThrow();
        var notes = Enumerable.Range((from?.Number ?? 0) + 1, 3 - (from?.Number ?? 0))
            .Select(number => new Note(company, null, $"Über note {number} <ok>", null, minLevel ?? NoteLevel.VeryHigh, number, []))
            .ToArray();
        return Page.From(notes, limit, note => new NotePosition(note.MaxUses));
    }

    [McpServerTool(Name = "add_note", Title = "Add a note", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Adds a note to a client.")]
    public Acknowledgement AddNote(
        Caller caller,
        [Description("The text.")][StringLength(20, MinimumLength = 1)] string noteText,
        [Description("The client company's id; leave it out with a company's token.")] string? client = null,
        [Description("A short code.")][RegularExpression("^[a-z]+$")] string? shortCode = null,
        [Description("Links.")] IReadOnlyList<NoteLink>? extraLinks = null) =>
        new(companies.Resolve(client).OrThrow(), $"{caller.Role}: {noteText} ({shortCode ?? "no code"}, {extraLinks?.Count ?? 0} links)");

    [McpServerTool(Name = "break_note", Title = "Break", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Fails as bugs do.")]
    public static Acknowledgement BreakNote() => throw new InvalidOperationException("secret of another client");

    [OperatorOnly]
    [McpServerTool(Name = "list_all_notes", Title = "List all", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("For the operator.")]
    public static Page<Note> ListAllNotes() => new([], null);

    private sealed record NotePosition(int Number);
}
