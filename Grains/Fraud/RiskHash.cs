using System.Net;
using Ledger.Sealing;

namespace Grains.Fraud;

/// <summary>Keyed hashes by which devices and addresses are told apart, without keeping what they are called.</summary>
internal sealed class RiskHash(MasterKey masterKey)
{
    private readonly KeyedHash hash = new(masterKey, "devices and addresses of payments");

    public long OfDevice(string device) => hash.NumberOf("d:" + device);

    /// <summary>A card by its fingerprint.</summary>
    public long OfCard(string fingerprint) => hash.NumberOf("c:" + fingerprint);

    /// <summary>However the address is spelled.</summary>
    public long OfAddress(string address) => hash.NumberOf("a:" + (IPAddress.TryParse(address, out var parsed) ? parsed.ToString() : address));
}
