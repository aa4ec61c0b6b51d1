using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using HarfBuzzSharp;

namespace Agency.Operations.Reports.Rendering.Fonts;

/// <summary>
/// One embedded font, loaded at first use and kept for the life of the process. Faces and fonts are immutable once
/// made, so all threads share them.
/// </summary>
internal sealed class FontFace
{
    private static readonly Lazy<FontFace>[] Faces =
    [
        new(() => new FontFace("NotoSans-Regular")),
        new(() => new FontFace("NotoSans-SemiBold")),
        new(() => new FontFace("NotoSansSC-Regular")),
    ];

    private readonly Blob _blob;

    private FontFace(string name)
    {
        var resource = $"Agency.Operations.Fonts.{name}.ttf.br";
        using var packed = typeof(FontFace).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The font '{resource}' is not embedded in this build.");
        using var unpacking = new BrotliStream(packed, CompressionMode.Decompress);
        _blob = Load(unpacking);
        Face = new Face(_blob, 0);
        Face.MakeImmutable();
        Font = new Font(Face);
        Font.SetScale(Face.UnitsPerEm, Face.UnitsPerEm);
        Font.SetFunctionsOpenType();
    }

    public Face Face { get; }

    public Font Font { get; }

    public static FontFace Get(FontId id) => Faces[(int)id].Value;

    /// <summary>
    /// Into memory that stays where it is. (<c>Blob.FromStream</c> hands HarfBuzz a managed array that is pinned only
    /// during the call: the next collection takes the font away.)
    /// </summary>
    private static unsafe Blob Load(Stream font)
    {
        using var bytes = new MemoryStream();
        font.CopyTo(bytes);
        var length = (int)bytes.Length;
        var memory = (nint)NativeMemory.Alloc((nuint)length);
        bytes.GetBuffer().AsSpan(0, length).CopyTo(new Span<byte>((void*)memory, length));
        var blob = new Blob(memory, length, MemoryMode.ReadOnly, () => NativeMemory.Free((void*)memory));
        blob.MakeImmutable();
        return blob;
    }

    public bool Has(Rune rune) => Font.TryGetNominalGlyph((uint)rune.Value, out _);
}
