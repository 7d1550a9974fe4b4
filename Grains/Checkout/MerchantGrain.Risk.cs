using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>The card attempts of lately, and whose payments were accepted, are read back from the charges.</summary>
public sealed partial class MerchantGrain
{
    /// <summary>The newest charges that are read back: whoever paid before them counts as new.</summary>
    private const int MaxCharges = 2_000;

    private async Task ReadAttempts()
    {
        if (book.Attempts is not { } attempts || services.Risk is not { } risk)
            return;
        var charges = new List<(Charge Charge, ChargeRecord Record)>();
        await ReadSince(DocumentKind.Charge, document =>
        {
            charges.Add(((Charge)document.Public, (ChargeRecord)document.Private!));
            return charges.Count < MaxCharges;
        });
        attempts.Forget();
        // Oldest first, as they were made. What a setup intent checked is not among them.
        for (var i = charges.Count - 1; i >= 0; i--)
        {
            var (charge, record) = charges[i];
            var attempt = AttemptsRead.Of(risk, charge, record.ClientIp);
            if (record.IsOurs)
                attempts.Block(attempt);
            else
                attempts.Recall(attempt, AttemptsRead.OutcomeOf(charge, record.Risk));
        }

        // What was waited for is known no more by its name.
        WakeNext();
    }
}
