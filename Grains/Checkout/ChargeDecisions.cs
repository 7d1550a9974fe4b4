using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What may be noted on a charge.</summary>
internal static class ChargeDecisions
{
    public static Decided Update(Draft draft, UpdateCharge command)
    {
        if (draft.Find(DocumentKind.Charge, command.Id) is not { Public: Charge old } document)
            return WireError.NoSuch(draft.Request, "charge", command.Id, "charge", inPath: true);
        var updated = old with
        {
            Description = Text.After(command.Description, old.Description),
            ReceiptEmail = Text.After(command.ReceiptEmail, old.ReceiptEmail),
            Shipping = command.Shipping ?? old.Shipping,
            Metadata = MetadataUpdate.After(command.Metadata, old.Metadata),
        };
        draft.Put(DocumentKind.Charge, document.Number, updated, document.Private);
        draft.Emit("charge.updated", DocumentKind.Charge, document.Number, Previous.Of(old, updated, CheckoutJson.Default.Charge));
        return Decided.Shows(DocumentKind.Charge, document.Number);
    }
}
