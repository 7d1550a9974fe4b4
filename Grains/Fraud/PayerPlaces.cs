using System.Text;
using Grains.Interfaces.Values;
using Ledger.Sealing;

namespace Grains.Fraud;

/// <summary>
/// Where payers stand among a hundred, for a rule that acts on a share of them: 0 to 99, below the share acts. By a keyed hash, so that
/// a payer stays where it is, nobody outside can tell where, and a larger share keeps everybody of a smaller one.
/// </summary>
public sealed class PayerPlaces(MasterKey masterKey)
{
    private const int Places = 100;

    private readonly KeyedHash hash = new(masterKey, "payers of a rule's rollout");

    public int Of(AccountId payer) => (int)(hash.Of(Encoding.UTF8.GetBytes(payer.Value)) % Places);

    /// <param name="card">Its keyed hash.</param>
    public static int OfCard(long card) => (int)(unchecked((ulong)card) % Places);
}
