using System.Globalization;
using System.Text;
using Ledger.Sealing;

namespace Gateway.Idempotency;

/// <summary>
/// Under which requests are hashed: the ledger keeps the hash, and without a key it would tell whoever has the ledger which of his
/// guesses at a name or a text is right.
/// </summary>
internal sealed class RequestHashKey(MasterKey masterKey)
{
    private readonly KeyedHash hash = new(masterKey, "hashes of requests");

    public UInt128 Of(ReadOnlySpan<byte> request) => hash.Of(request);

    /// <summary>Of a request that was digested already, both as 32 hexadecimal digits.</summary>
    public string Of(string digest) => hash.Of(Encoding.ASCII.GetBytes(digest)).ToString("x32", CultureInfo.InvariantCulture);
}
