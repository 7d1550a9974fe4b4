namespace Gateway.Wire;

/// <summary>Names fields in errors: <c>amount</c>, or <c>[3].amount</c> in a batch's fourth item.</summary>
internal readonly record struct ItemPath(int Index)
{
    public static ItemPath Single { get; } = new(-1);

    public string Of(string field) => Index < 0 ? field : $"[{Index}].{field}";

    /// <summary>The item itself.</summary>
    public string Item => Index < 0 ? "" : $"[{Index}]";
}
