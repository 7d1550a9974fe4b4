namespace Grains.Interfaces.Fraud;

/// <summary>Where a rule is in its life: draft → validated → shadow → published → retired. The number is stored: never reuse one.</summary>
public enum RuleMode : byte
{
    /// <summary>Being written; evaluated nowhere.</summary>
    Draft = 1,

    /// <summary>Its parameters were checked; evaluated nowhere yet.</summary>
    Validated = 2,

    /// <summary>Evaluated on live payments and recorded, never acting.</summary>
    Shadow = 3,

    /// <summary>Evaluated, and its points count.</summary>
    Published = 4,

    /// <summary>Evaluated no more.</summary>
    Retired = 5,
}
