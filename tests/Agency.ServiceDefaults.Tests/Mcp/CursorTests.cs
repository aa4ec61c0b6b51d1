using Agency.Data;
using Agency.ServiceDefaults.Mcp;

namespace Agency.ServiceDefaults.Tests.Mcp;

public sealed class CursorTests
{
    [Fact]
    public void Decode_WhatWasEncoded_GivesItBack()
    {
        var position = new Position(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), new WorkflowId("w_1"));

        Assert.Equal(position, Cursor.Decode<Position>(Cursor.Encode(position)).Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Decode_NoCursor_IsTheFirstPage(string? cursor) => Assert.Null(Cursor.Decode<Position>(cursor).Value);

    [Theory]
    [InlineData("%%%")]
    [InlineData("bm9uc2Vuc2U")]
    [InlineData("bnVsbA")]
    [InlineData("eyJhdCI6MX0")]
    public void Decode_Nonsense_IsInvalid(string cursor) => Assert.Equal(ErrorKind.Invalid, Cursor.Decode<Position>(cursor).Error?.Kind);

    [Fact]
    public void From_OneRowMoreThanTheLimit_PointsBehindTheLastKept()
    {
        var page = Page.From([1, 2, 3], 2, number => number);

        Assert.Equal([1, 2], page.Items);
        Assert.Equal(2, Cursor.Decode<int?>(page.NextCursor).Value);
        Assert.Null(Page.From([1, 2], 2, number => number).NextCursor);
    }

    private sealed record Position(DateTimeOffset At, WorkflowId Id);
}
