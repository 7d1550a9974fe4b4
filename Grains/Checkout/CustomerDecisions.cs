using System.Text.Json;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Customers: created, changed, deleted.</summary>
internal static class CustomerDecisions
{
    public static Decided Save(Draft draft, SaveCustomer command)
    {
        var before = command.Id is null ? null : draft.Find(DocumentKind.Customer, command.Id);
        if (command.Id is not null && before is not { Public: Customer })
            return WireError.NoSuch(draft.Request, "customer", command.Id, "id", inPath: true);
        var number = before?.Number ?? draft.NewNumber();
        var old = (Customer?)before?.Public ?? new Customer { Id = draft.IdOf(DocumentKind.Customer, number), Created = draft.Now };
        if (IsDeleted(old))
            return WireError.NoSuch(draft.Request, "customer", old.Id, "id", inPath: true);
        var customer = old with
        {
            Name = Text.After(command.Name, old.Name),
            Email = Text.After(command.Email, old.Email),
            Phone = Text.After(command.Phone, old.Phone),
            Description = Text.After(command.Description, old.Description),
            Address = command.Address ?? old.Address,
            Shipping = command.Shipping ?? old.Shipping,
            Metadata = MetadataUpdate.After(command.Metadata, old.Metadata),
        };
        draft.Put(DocumentKind.Customer, number, customer);
        if (command.PaymentMethod is { } method && MethodDecisions.Attach(draft, method, customer.Id, "payment_method") is { } refusal)
            return refusal;
        if (command.DefaultPaymentMethod is { } wanted)
        {
            if (draft.Find<PaymentMethod>(DocumentKind.PaymentMethod, wanted) is not { } attached || attached.Customer != customer.Id)
                return WireError.NoSuch(draft.Request, "PaymentMethod", wanted, "invoice_settings[default_payment_method]", inPath: false);
            customer = customer with { InvoiceSettings = new InvoiceSettings { DefaultPaymentMethod = wanted } };
            draft.Put(DocumentKind.Customer, number, customer);
        }

        if (before is null)
            draft.Emit("customer.created", DocumentKind.Customer, number);
        else
            draft.Emit("customer.updated", DocumentKind.Customer, number, Previous.Of(old, customer, CheckoutJson.Default.Customer));
        return Decided.Shows(DocumentKind.Customer, number);
    }

    public static Decided Delete(Draft draft, DeleteCustomer command)
    {
        if (draft.Find(DocumentKind.Customer, command.Id) is not { Public: Customer customer } document || IsDeleted(customer))
            return WireError.NoSuch(draft.Request, "customer", command.Id, "id", inPath: true);
        draft.Emit("customer.deleted", DocumentKind.Customer, document.Number);
        // What it was is gone from its newest state; the states before it stand in the log until its key is destroyed.
        draft.Put(DocumentKind.Customer, document.Number, new Customer { Id = customer.Id, Created = customer.Created, Deleted = true });
        return Decided.Answers(DocumentKind.Customer, document.Number, new WireAnswer(200, Deleted(customer.Id, "customer")));
    }

    /// <summary>The customer that a parameter names.</summary>
    public static WireAnswer? Find(Draft draft, string? id, string param, out Customer? customer)
    {
        customer = id is null ? null : draft.Find<Customer>(DocumentKind.Customer, id);
        return id is null || (customer is not null && !IsDeleted(customer)) ? null : WireError.NoSuch(draft.Request, "customer", id, param, inPath: false);
    }

    public static byte[] Deleted(string id, string what) => JsonSerializer.SerializeToUtf8Bytes(new DeletedObject(id, what), CheckoutJson.Default.DeletedObject);

    private static bool IsDeleted(Customer customer) => customer.Deleted == true;
}
