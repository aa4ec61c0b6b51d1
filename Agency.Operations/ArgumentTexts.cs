namespace Agency.Operations;

/// <summary>Descriptions that many tools share.</summary>
internal static class ArgumentTexts
{
    public const string Client = "The client company's id. A client's own token needs none.";
    public const string ClientFilter = "The client company's id; without it the operator sees every client. A client's own token needs none.";
    public const string ClientOfId = "The client company's id. The operator may leave it out while only one client has a workflow of that id; a client's own token needs none.";
    public const string Cursor = "next_cursor of the previous page.";
    public const string Limit = "How many at most.";
    public const string WorkflowIdText = "The workflow's id.";
}
