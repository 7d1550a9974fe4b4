namespace Grains.Fraud.Features;

/// <summary>What a list says of whom it names. The number is stored: never reuse one.</summary>
public enum ListKind : byte
{
    Block = 1,
    Allow = 2,
    Watch = 3,

    /// <summary>Addresses that do not tell where their user is: impossible travel is not judged from them.</summary>
    Vpn = 4,
}
