namespace Agency.Sops.Templates;

/// <summary>A piece of a templated text: literal text, or a reference when <see cref="Reference"/> is set.</summary>
internal readonly record struct TemplatePart(string Literal, TemplateReference? Reference);
