namespace Silo.Embedded;

/// <summary>What a newcomer sees first: where it is, which keys work, and a payment to paste.</summary>
internal static class Banner
{
    public static void Print(string url, string data, bool sandbox)
    {
        Console.WriteLine($"""
            Payments is ready.
              API      {url}            docs {url}/docs
              Console  {url}/console    data {data}
            """);
        if (!sandbox)
            return;
        Console.WriteLine($$"""
              Sandbox  bank sk_sandbox_bank, sk_sandbox_bank2   administrator sk_sandbox_admin
                       analysts sk_sandbox_analyst, sk_sandbox_analyst2   merchant sk_test_sandbox_merchant

            Your first payment:
              curl -s {{url}}/payments -H 'Authorization: Bearer sk_sandbox_bank' -H 'Idempotency-Key: order-42' \
                -H 'Content-Type: application/json' -d '{"amount":"150.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321","remittanceInfo":"Invoice 12345"}'
            """);
    }
}
