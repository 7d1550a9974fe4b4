using System.Net;
using System.Text;
using Ledger.Sealing;

namespace Grains.Fraud;

/// <summary>Keyed hashes by which devices and addresses are told apart, without keeping what they are called.</summary>
internal sealed class RiskHash(MasterKey masterKey)
{
    private readonly KeyedHash hash = new(masterKey, "devices and addresses of payments");

    public long OfDevice(string device) => Of("d:" + device);

    /// <summary>A card by its fingerprint.</summary>
    public long OfCard(string fingerprint) => Of("c:" + fingerprint);

    /// <summary>However the address is spelled.</summary>
    public long OfAddress(string address) => Of("a:" + (IPAddress.TryParse(address, out var parsed) ? parsed.ToString() : address));

    // 0 stands for none.
    private long Of(string text) => unchecked((long)(ulong)(hash.Of(Encoding.UTF8.GetBytes(text)) >> 64)) is var value and not 0 ? value : 1;
}
