using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Fonts;
using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>The second pass: recorded pages become a PDF whose fonts hold just the glyphs on them.</summary>
internal sealed class PdfWriter : IDisposable
{
    private readonly Dictionary<FontId, (SKTypeface Typeface, IReadOnlyDictionary<ushort, ushort> Glyphs)> _fonts = [];
    private readonly Dictionary<(FontId, float), SKFont> _sizes = [];
    private readonly SKPaint _paint = new() { IsAntialias = true };
    private readonly SKTextBlobBuilder _blobs = new();

    public PdfWriter(IReadOnlyDictionary<FontId, FontUse> uses)
    {
        foreach (var (id, use) in uses.OrderBy(pair => pair.Key))
        {
            var subset = FontSubset.Create(id, use.Glyphs, use.Characters);
            using var data = SKData.CreateCopy(subset.Bytes);
            var typeface = SKTypeface.FromData(data) ?? throw new InvalidOperationException($"Skia could not read the subset of {id}.");
            _fonts[id] = (typeface, subset.Glyphs);
        }
    }

    public byte[] Write(IReadOnlyList<Page> pages, ReportCover cover)
    {
        using var output = new MemoryStream();
        var metadata = new SKDocumentPdfMetadata
        {
            Title = $"{cover.Title} – {cover.ClientName}",
            Subject = cover.Period,
            Author = cover.AgencyName,
            Creator = "Agency",
            Creation = cover.GeneratedAt.UtcDateTime,
            Modified = cover.GeneratedAt.UtcDateTime,
            RasterDpi = SKDocumentPdfMetadata.DefaultRasterDpi,
            EncodingQuality = SKDocumentPdfMetadata.DefaultEncodingQuality,
        };
        using (var document = SKDocument.CreatePdf(output, metadata))
        {
            foreach (var page in pages)
            {
                // The canvas belongs to the document: it is not ours to dispose.
                var canvas = document.BeginPage(Theme.PageWidth, Theme.PageHeight);
                foreach (var mark in page.Marks)
                    Draw(canvas, mark);
                document.EndPage();
            }
            document.Close();
        }
        return output.ToArray();
    }

    public void Dispose()
    {
        foreach (var font in _sizes.Values)
            font.Dispose();
        foreach (var (typeface, _) in _fonts.Values)
            typeface.Dispose();
        _blobs.Dispose();
        _paint.Dispose();
    }

    private void Draw(SKCanvas canvas, PageMark mark)
    {
        _paint.Color = mark.Color;
        _paint.Style = mark is LineMark ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
        switch (mark)
        {
            case TextMark text:
                foreach (var run in text.Line.Runs)
                    Draw(canvas, run, text);
                break;
            case BoxMark { Radius: > 0 } box:
                canvas.DrawRoundRect(box.Area, box.Radius, box.Radius, _paint);
                break;
            case BoxMark box:
                canvas.DrawRect(box.Area, _paint);
                break;
            case LineMark line:
                _paint.StrokeWidth = line.Width;
                canvas.DrawLine(line.From, line.To, _paint);
                break;
        }
    }

    private void Draw(SKCanvas canvas, GlyphRun run, TextMark mark)
    {
        // With the text and its clusters Skia can say which characters a glyph stands for; without them copied text
        // shows radicals and ligatures.
        var map = _fonts[run.Font].Glyphs;
        var buffer = _blobs.AllocateRawPositionedTextRun(FontOf(run.Font, mark.Line.Style.Size), run.Glyphs.Length, run.Utf8.Length);
        for (var i = 0; i < run.Glyphs.Length; i++)
        {
            buffer.Glyphs[i] = map[run.Glyphs[i]];
            buffer.Positions[i] = new SKPoint(run.X[i], run.Y[i]);
            buffer.Clusters[i] = run.Clusters[i];
        }
        run.Utf8.CopyTo(buffer.Text);
        using var blob = _blobs.Build();
        canvas.DrawText(blob, mark.Origin.X, mark.Origin.Y, _paint);
    }

    private SKFont FontOf(FontId id, float size)
    {
        if (_sizes.TryGetValue((id, size), out var known))
            return known;
        return _sizes[(id, size)] = new SKFont(_fonts[id].Typeface, size)
        {
            Hinting = SKFontHinting.None,
            LinearMetrics = true,
            Subpixel = true,
        };
    }
}
