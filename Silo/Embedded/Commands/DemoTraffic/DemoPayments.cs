using System.Text.Json;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>What a demo request is meant to show.</summary>
internal enum DemoKind : byte
{
    Payment = 1,

    /// <summary>More than the debtor has.</summary>
    Decline = 2,

    /// <summary>A payment that was sent before, under the same key: one payment, the same answer.</summary>
    Repeat = 3,
    Return = 4,

    /// <summary>A step of a fraudulent scheme, whatever becomes of it.</summary>
    Scheme = 5,
}

/// <summary>One request of the demo.</summary>
internal sealed record DemoRequest(DemoKind Kind, string Path, byte[] Body, string Key, string? ExpectedPayment = null);

/// <summary>
/// A made-up town: people who shop at merchants, pay each other, and get paid. Amounts follow a log-normal distribution, as whole
/// cents from a table of its quantiles.
/// </summary>
internal sealed class DemoPayments(Random random) : IDemoStory
{
    public const int Accounts = 1_000;

    /// <summary>The accounts above them are merchants', but for those that a story keeps for itself.</summary>
    private const int FirstMerchant = 901;

    private const int MaxRemembered = 256;

    /// <summary>Quantiles of a log-normal distribution (median 24.00, sigma 1.1) at 0, 5, …, 95, 99.5 %, in cents.</summary>
    private static readonly int[] ShoppingCents =
        [75, 393, 586, 768, 951, 1_143, 1_348, 1_571, 1_817, 2_090, 2_400, 2_756, 3_171, 3_667, 4_273, 5_040, 6_057, 7_504, 9_826, 14_655, 40_800];

    private static readonly string[] FirstNames = ["Ana", "Ben", "Chloe", "Dario", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jonas", "Keiko", "Liam", "Mara", "Noor", "Oscar", "Priya", "Quinn", "Rosa", "Sven", "Tara"];
    private static readonly string[] LastNames = ["Almeida", "Brandt", "Castillo", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski", "Lindgren", "Moreau", "Novak", "Okafor", "Patel"];
    private static readonly string[] Shops = ["Corner Bakery", "Green Grocer", "Harbor Books", "Bright Pharmacy", "Metro Transit", "Noodle House", "Parkside Cinema", "Quick Fuel", "River Hardware", "Sunny Café"];
    private static readonly string[] ShoppingTexts = ["Order {0}", "Invoice {0}", "Table {0}", "Receipt {0}", "Basket {0}"];
    private static readonly string[] FriendTexts = ["Dinner, thank you!", "Rent, my share", "Concert tickets", "Happy birthday", "For the taxi"];

    private readonly Lock gate = new();
    private readonly List<(string Id, string Key, byte[] Body)> settled = new(MaxRemembered);
    private readonly string run = random.Next(int.MaxValue).ToString("x8");
    private long made;

    /// <summary>How many people there are, from the first account on; at most 900.</summary>
    public int People { get; init; } = FirstMerchant - 1;

    /// <summary>Whether people say where they are and with which device they pay.</summary>
    public bool WithPlaces { get; init; }

    /// <summary>The next request; the same random numbers and answers give the same ones.</summary>
    public DemoRequest Next()
    {
        lock (gate)
        {
            made++;
            var draw = random.Next(1_000);
            return draw switch
            {
                < 20 when settled.Count > 0 => Repeat(),
                < 40 when settled.Count > 0 => Return(),
                < 70 => Decline(),
                < 150 => FriendToFriend(),
                < 210 => PayOut(),
                _ => Shopping(),
            };
        }
    }

    /// <summary>Remembers a settled payment for later repeats and returns.</summary>
    public void Settled(DemoRequest request, string id)
    {
        lock (gate)
        {
            if (settled.Count == MaxRemembered)
                settled[random.Next(MaxRemembered)] = (id, request.Key, request.Body);
            else
                settled.Add((id, request.Key, request.Body));
        }
    }

    public static string DeviceOf(int person) => $"device-{person:0000}";

    public static string Account(int number) => $"sandbox_{number:0000}";

    private DemoRequest Shopping()
    {
        var merchant = Merchant();
        return Payment(DemoKind.Payment, Person(), merchant, Cents(), string.Format(Pick(ShoppingTexts), random.Next(1_000, 100_000)), Shops[merchant % Shops.Length]);
    }

    private DemoRequest FriendToFriend()
    {
        var (debtor, creditor) = (Person(), Person());
        if (debtor == creditor)
            creditor = creditor % People + 1;
        return Payment(DemoKind.Payment, debtor, creditor, random.Next(2, 60) * 100, Pick(FriendTexts), NameOf(creditor));
    }

    // Money that the merchants took comes back to people, or the town would run dry.
    private DemoRequest PayOut()
    {
        var person = Person();
        return Payment(DemoKind.Payment, Merchant(), person, Cents() * 6, $"Salary, week {random.Next(1, 53)}", NameOf(person));
    }

    private DemoRequest Decline() => Payment(DemoKind.Decline, Person(), Merchant(), random.Next(5_000_000, 9_000_000), "Deposit for a house", null);

    private DemoRequest Repeat()
    {
        var (id, key, body) = settled[random.Next(settled.Count)];
        return new DemoRequest(DemoKind.Repeat, "/payments", body, key, id);
    }

    // Each payment goes back at most once: what was returned is forgotten.
    private DemoRequest Return()
    {
        var index = random.Next(settled.Count);
        var (id, _, _) = settled[index];
        settled.RemoveAt(index);
        return new DemoRequest(DemoKind.Return, $"/payments/{id}/return", JsonSerializer.SerializeToUtf8Bytes(new { reason = random.Next(3) == 0 ? "DUPL" : "CUST" }), NextKey());
    }

    private DemoRequest Payment(DemoKind kind, int debtor, int creditor, int cents, string remittance, string? creditorName)
    {
        var body = new Dictionary<string, object>
        {
            ["amount"] = $"{cents / 100}.{cents % 100:00}",
            ["currency"] = "USD",
            ["debtorAccount"] = Account(debtor),
            ["creditorAccount"] = Account(creditor),
            ["remittanceInfo"] = remittance,
            ["debtorName"] = debtor <= People ? NameOf(debtor) : Shops[debtor % Shops.Length],
            ["creditorName"] = creditorName ?? Shops[creditor % Shops.Length],
        };
        if (WithPlaces && debtor <= People)
        {
            var home = DemoCities.HomeOf(debtor);
            body["location"] = new { latitude = home.Latitude, longitude = home.Longitude, name = home.Name };
            body["deviceId"] = DeviceOf(debtor);
        }

        return new DemoRequest(kind, "/payments", JsonSerializer.SerializeToUtf8Bytes(body), NextKey());
    }

    private string NextKey() => $"traffic-{run}-{made}";

    private int Person() => random.Next(1, People + 1);

    // A few merchants are much busier than the others.
    private int Merchant() => FirstMerchant + Math.Min(random.Next(Accounts - FirstMerchant + 1), random.Next(Accounts - FirstMerchant + 1));

    private int Cents()
    {
        var step = random.Next(ShoppingCents.Length - 1);
        return random.Next(ShoppingCents[step], ShoppingCents[step + 1]);
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private static string NameOf(int person) => $"{FirstNames[person % FirstNames.Length]} {LastNames[person * 7 % LastNames.Length]}";
}
