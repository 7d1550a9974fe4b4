using System.Net;
using Grains.Checkout;
using Grains.Fraud;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;
using Silo.Embedded;
using Silo.Embedded.Commands;

namespace Gateway.Tests.Fraud;

/// <summary>Fraud cases against the payments that they are about: what nobody tampered with is sound, and what somebody did is named.</summary>
public sealed class CaseAuditTests
{
    [Fact]
    public async Task A_case_that_does_not_agree_with_its_payment_is_named()
    {
        if (TestLedger.IsPostgres)
            return;
        var data = Directory.CreateTempSubdirectory("case-audit-").FullName;
        try
        {
            var held = await Hold(data);
            Assert.Empty(Verify(data));

            // As if the grain had closed the case, and left the money where it was.
            Record(data, held[0], static state => state with { Version = state.Version + 1, Status = CaseStatus.Closed, Resolution = CaseResolution.Released, ChangedBy = "somebody" });
            var open = Assert.Single(Verify(data));
            Assert.Equal(("document", "resolution"), (open.Table, open.Field));
            Assert.Equal($"Case {held[0].Id} is released; its payment {held[0].PaymentId} is held.", open.Detail);

            // What was refused is shown as expired, and of more money than there was.
            Record(data, held[1], static state => state with { Version = state.Version + 1, Resolution = CaseResolution.Expired, Amount = "2.00" });
            Assert.Equal(
                [$"Case {held[1].Id} is expired; its payment {held[1].PaymentId} was refused.", $"Case {held[1].Id} is about 2.00 USD; 1.00 USD was held."],
                Verify(data).Skip(1).Select(static finding => finding.Detail));

            // Nobody would ever end it.
            Execute(data, "DELETE FROM due WHERE kind = 'hold'");
            Assert.Equal(
                [$"Payment {held[0].PaymentId} is held, and nothing is due that ends it.", $"Payment {held[3].PaymentId} is held, and nothing is due that ends it."],
                Verify(data).Where(static finding => finding.Field == "due").Select(static finding => finding.Detail));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_held_payment_without_a_case_is_named()
    {
        if (TestLedger.IsPostgres)
            return;
        var data = Directory.CreateTempSubdirectory("case-audit-").FullName;
        try
        {
            var held = await Hold(data);
            Record(data, held[0], state => state with { PaymentId = held[1].PaymentId });
            Assert.Equal(
                [
                    $"Case {held[1].Id} is about payment {held[1].PaymentId}, and so is case {held[0].Id}.",
                    $"Case {held[0].Id} is open; its payment {held[1].PaymentId} was refused.",
                    $"Payment {held[0].PaymentId} is held, and no case is about it.",
                ],
                Verify(data).Select(static finding => finding.Detail).Order(Comparer<string>.Create(static (left, right) => Rank(left).CompareTo(Rank(right)))));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        static int Rank(string detail) => detail.Contains("and so is", StringComparison.Ordinal) ? 0 : detail.StartsWith("Case", StringComparison.Ordinal) ? 1 : 2;
    }

    /// <summary>Four payments too far from the one before: the first of their cases is open, then one is refused, one released, and one noted.</summary>
    private static async Task<List<FraudCase>> Hold(string data)
    {
        await using var server = await GatewayServer.Start(data: data);
        using var analyst = server.Api(Keys.Analyst);
        using var bank = server.Api();
        (await bank.Post("/payments", SharedServer.Body("sandbox_0001", "sandbox_0008", "1.00", HeldPaymentTests.NewYork))).Is(HttpStatusCode.Created);
        var cases = new List<FraudCase>();
        foreach (var (action, body, place) in new[] { ("", "", HeldPaymentTests.London), ("decline", """{"version":1}""", HeldPaymentTests.NewYork), ("approve", """{"version":1}""", HeldPaymentTests.NewYork), ("note", """{"version":1,"text":"Hm."}""", HeldPaymentTests.London) })
        {
            var held = (await bank.Post("/payments", SharedServer.Body("sandbox_0001", "sandbox_0008", "1.00", place))).Is(HttpStatusCode.Created);
            Assert.Equal("held", held["status"]);
            var found = (await analyst.Get("/fraud/cases?paymentId=" + held["id"])).Is(HttpStatusCode.OK).Json.GetProperty("data")[0];
            if (action.Length > 0)
                found = (await analyst.Post($"/fraud/cases/{found.GetProperty("id").GetString()}/{action}", body)).Is(HttpStatusCode.OK).Json;
            cases.Add(FraudJson.ReadCase(System.Text.Encoding.UTF8.GetBytes(found.GetRawText())));
        }

        return cases;
    }

    private static List<AuditFinding> Verify(string data)
    {
        var file = DataDirectory.LedgerFile(data);
        var report = AuditVerifier.Verify(file, null, CancellationToken.None);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        using var log = DocumentLog.OfFile(file);
        using var key = MasterKey.Load(data, mayCreate: false);
        return [.. DocumentAudit.Verify(log, key, null, CancellationToken.None).Findings];
    }

    // A row of its own, committed as any other: the ledger itself is sound.
    private static void Record(string data, FraudCase about, Func<FraudCase, FraudCase> wrong)
    {
        using var ledger = OpenLedger.InDirectory(data);
        Assert.True(CaseList.TryParseId(about.Id, out var number));
        var store = ledger.Stores[0];
        var account = store.Reader.FindAccount(AccountId.Parse(about.DebtorAccount!)).AsTask().GetAwaiter().GetResult()!;
        var id = store.LeaseIds(1);
        var state = wrong(about);
        using var key = ledger.MasterKey.Unwrap(account.WrappedDataKey!);
        var row = new LogRow
        {
            Id = id,
            Type = EventType.FraudCaseChanged,
            TimeMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Tenant = account.Tenant,
            Payment = 0,
            Version = state.Version,
            Debtor = account.Number,
            Currency = account.Currency,
            Data = CaseBook.Data(state),
            Sealed = key.Seal(id, CaseBook.Frame(state, number)),
        };
        LeafHash.Seal(row);
        var entry = new JournalEntry { Owner = account.Number, ExpectedVersion = account.Version, Row = row, Documents = [new DocumentChange(number, CaseList.OwnerOn(0), CaseList.Kind)] };
        store.Commit([entry]);
        Assert.Equal(Refusal.None, entry.Outcome);
    }

    private static void Execute(string data, string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        Assert.Equal(0, SQLitePCL.raw.sqlite3_open(DataDirectory.LedgerFile(data), out var database));
        using (database)
            Assert.Equal(0, SQLitePCL.raw.sqlite3_exec(database, sql));
    }
}
