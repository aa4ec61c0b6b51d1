namespace Agency.Data.Auditing;

/// <summary>
/// A value that no log may hold: a password, a key, the address of a webhook. On a tool's parameter (or a member of one) its schema says
/// <c>writeOnly</c>; on an entity's property the audit log records only that it changed.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>
/// A client's own content, which the agency role may not read: the audit log, which it may, records its length and SHA-256 instead. On an entity's
/// class it means all of it but the key.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property | AttributeTargets.Class)]
public sealed class ContentAttribute : Attribute;

/// <summary>Rows that follow from others and say nothing more: the audit log leaves them out.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NotAuditedAttribute : Attribute;
