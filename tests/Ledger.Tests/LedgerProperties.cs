using FsCheck;
using FsCheck.Fluent;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.Sqlite;
using Ledger.Tests.Postgres;

namespace Ledger.Tests;

/// <summary>Random entries against <see cref="LedgerModel"/>: the same are taken and refused, and the same balances come of it.</summary>
public sealed class LedgerProperties
{
    private static readonly string[] Names = ["A", "B", "C", "D"];

    [Fact]
    public void The_store_agrees_with_the_model()
    {
        var property = Prop.ForAll(Histories(), static history =>
        {
            using var directory = new TemporaryDirectory();
            using var store = new SqliteStore(directory.File(SqliteStore.FileName));
            return Run(store, history);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithStartSize(5).WithEndSize(120), property);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_store_on_PostgreSQL_agrees_with_the_model(bool alone)
    {
        var property = Prop.ForAll(Histories(), history =>
        {
            var database = MigratedDatabase.New();
            using var store = MigratedDatabase.Open(database, alone ? TimeSpan.Zero : TimeSpan.FromDays(1), sweepAt: 10);
            return Run(store, history);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20).WithStartSize(5).WithEndSize(120), property);
    }

    private static Arbitrary<Call[]> Histories()
    {
        var account = Gen.Elements(Names);
        var amount = Gen.Frequency((6, Gen.Choose(0, 40)), (2, Gen.Choose(41, 400))).Select(static value => (long)value);
        var hold = Gen.Choose(0, 5);
        var pair = account.Two().Where(static two => two.Item1 != two.Item2);
        var ends = Gen.OneOf(Gen.Constant((long?)null), Gen.Choose(0, 60).Select(static after => (long?)(1_000 + (after * 10))));
        Gen<ModelStep> pay = pair.SelectMany(_ => amount, static (two, value) => (ModelStep)new ModelStep.Pay(two.Item1, two.Item2, value));
        Gen<ModelStep> place = pair.SelectMany(_ => amount, static (two, value) => (two, value)).SelectMany(_ => ends, static (left, end) => (ModelStep)new ModelStep.Place(0, left.two.Item1, left.two.Item2, left.value + 1, end));
        Gen<ModelStep> increase = hold.SelectMany(_ => amount, static (number, value) => (ModelStep)new ModelStep.Increase(number, value + 1));
        Gen<ModelStep> post = hold.SelectMany(_ => amount, static (number, value) => (number, value)).SelectMany(_ => Gen.Elements(true, false), static (left, final) => (ModelStep)new ModelStep.Post(left.number, left.value, final));
        var release = hold.Select(static number => (ModelStep)new ModelStep.Void(number, 0));
        var expire = hold.Select(static number => (ModelStep)new ModelStep.Expire(number, 0));
        var close = account.Select(static name => (ModelStep)new ModelStep.Close(name));
        var step = Gen.Frequency((8, pay), (4, place), (2, increase), (5, post), (1, release), (2, expire), (1, close));
        var call =
            from steps in Gen.Frequency((5, step.Select(static one => new[] { one })), (1, step.ArrayOf(3)))
            from key in Gen.Frequency((3, Gen.Constant((int?)null)), (2, Gen.Choose(0, 30).Select(static number => (int?)number)))
            from later in Gen.Choose(0, 2).Select(static steps => steps * 10)
            from endsBatch in Gen.Elements(true, true, false)
            select new Call(steps, key, later, endsBatch);
        return call.ArrayOf().Where(static calls => calls.Length > 0).ToArbitrary();
    }

    private static bool Run(ILedgerStore store, Call[] history)
    {
        var draft = new JournalDraft(store);
        var model = new LedgerModel();
        foreach (var (name, floor) in Names.Zip([0L, 0, -50, -200]))
        {
            draft.Commit(draft.Open(name, floor));
            model.Add(name, floor);
        }

        model.Add("system:funding", floor: null);
        foreach (var name in Names)
        {
            Assert.Equal(Refusal.None, draft.Commit(draft.Fund(name, 100)));
            Assert.True(model.Apply(null, [new ModelStep.Pay("system:funding", name, 100)], 0));
        }

        var run = new HistoryRun(draft, model);
        foreach (var call in history)
            run.Add(call);
        run.Commit();
        run.CheckAgainstRows();
        return true;
    }

    private sealed record Call(ModelStep[] Steps, int? Key, int LaterMs, bool EndsBatch);

    private sealed class HistoryRun(JournalDraft draft, LedgerModel model)
    {
        private readonly List<(JournalEntry Entry, bool Accepted)> batch = [];
        private readonly List<(int Number, long Id)> holds = [];
        private readonly Dictionary<string, long> versions = Names.ToDictionary(static name => name, name => draft.Account(name).Version);
        private readonly Dictionary<int, (string Debtor, string Creditor)> parties = [];
        private int nextHold;

        public void Add(Call call)
        {
            draft.NowMs += call.LaterMs;
            var steps = call.Steps.Select(Named).OfType<ModelStep>().ToArray();
            // A close stands alone: it is a change of its account, not a transfer.
            if (steps.Length == 0 || (steps.Length > 1 && steps.Any(static step => step is ModelStep.Close)))
                return;
            var owner = OwnerOf(steps[0]);
            var rows = steps.Select(step => Row(step, steps[0] == step ? call.Key : null)).ToArray();
            var accepted = model.Apply(call.Key, steps, draft.NowMs);
            var entry = new JournalEntry
            {
                Owner = draft.Number(owner),
                ExpectedVersion = versions[owner],
                Row = rows[0],
                MoreRows = rows.Length == 1 ? null : rows[1..],
                Change = steps[0] is ModelStep.Close ? new AccountChange.Status(AccountStatus.Closed) : null,
            };
            if (accepted)
                versions[owner]++;
            batch.Add((entry, accepted));
            if (call.EndsBatch)
                Commit();
        }

        public void Commit()
        {
            if (batch.Count == 0)
                return;
            draft.Store.Commit([.. batch.Select(static pair => pair.Entry)]);
            foreach (var (entry, accepted) in batch)
                Assert.True(accepted == (entry.Outcome == Refusal.None), $"The model says {(accepted ? "yes" : "no")} to {entry.Row.Kind} {entry.Row.Debtor} → {entry.Row.Creditor} {entry.Row.Amount}, the store {entry.Outcome}.");
            batch.Clear();
            foreach (var (name, expected) in model.Accounts)
            {
                var account = draft.Account(name);
                Assert.Equal((expected.Balance, expected.Held, expected.Incoming, expected.Closed), (account.Counters.Posted, account.Counters.DebitsPending, account.Counters.CreditsPending, account.Status == AccountStatus.Closed));
                if (versions.TryGetValue(name, out var version))
                    Assert.Equal(version, account.Version);
            }

            foreach (var (number, id) in holds.Where(hold => model.Holds.ContainsKey(hold.Number)))
            {
                var hold = draft.Store.Reader.FindHold(id).Now()!;
                Assert.Equal((model.Holds[number].Open, model.Holds[number].Final), (hold.Authorized - hold.Posted - hold.Voided, hold.Final));
                Assert.True(hold.Posted + hold.Voided <= hold.Authorized);
            }

            Assert.All(draft.Store.Reader.TrialBalance().Now(), static line => Assert.True(line.IsBalanced));
        }

        /// <summary>An account's balance is the sum of its rows.</summary>
        public void CheckAgainstRows()
        {
            var sums = new Dictionary<long, long>();
            long position = 0;
            while (draft.Store.Reader.RowsAfter(position, 50).Now() is { Count: > 0 } rows)
            {
                foreach (var row in rows.Where(static row => row.Kind is TransferKind.Posted or TransferKind.Post or TransferKind.PostFinal))
                {
                    sums[row.Debtor] = sums.GetValueOrDefault(row.Debtor) - row.Amount;
                    sums[row.Creditor] = sums.GetValueOrDefault(row.Creditor) + row.Amount;
                }

                position = rows[^1].Position;
            }

            Assert.Equal(draft.Store.LastPosition, position);
            foreach (var name in model.Accounts.Keys)
                Assert.Equal(sums.GetValueOrDefault(draft.Number(name)), draft.Account(name).Counters.Posted);
        }

        // Numbers of holds in a history count back from the newest; a step on a hold that there is none of is left out.
        private ModelStep? Named(ModelStep step) => step switch
        {
            ModelStep.Place hold => hold with { Hold = nextHold++ },
            ModelStep.Increase increase => Known(increase.Hold, number => increase with { Hold = number }),
            ModelStep.Post post => Known(post.Hold, number => post with { Hold = number }),
            ModelStep.Void release => Known(release.Hold, number => release with { Hold = number, Amount = OpenOf(number) }),
            ModelStep.Expire expire => Known(expire.Hold, number => expire with { Hold = number, Amount = OpenOf(number) }),
            _ => step,
        };

        private ModelStep? Known(int back, Func<int, ModelStep> with) => holds.Count == 0 ? null : with(holds[^((back % holds.Count) + 1)].Number);

        private string OwnerOf(ModelStep step) => step switch
        {
            ModelStep.Pay pay => pay.Debtor,
            ModelStep.Place hold => hold.Debtor,
            ModelStep.Increase increase => parties[increase.Hold].Debtor,
            ModelStep.Post post => parties[post.Hold].Debtor,
            ModelStep.Void release => parties[release.Hold].Debtor,
            ModelStep.Expire expire => parties[expire.Hold].Debtor,
            ModelStep.Close close => close.Account,
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };

        private LogRow Row(ModelStep step, int? key)
        {
            var taken = key is { } number ? IdempotencyKey.Of(1, number.ToString(), "test") : default;
            switch (step)
            {
                case ModelStep.Pay pay:
                    return draft.Transfer(pay.Debtor, pay.Creditor, pay.Amount, TransferKind.Posted, key: taken);
                case ModelStep.Place hold:
                    var row = draft.Transfer(hold.Debtor, hold.Creditor, hold.Amount, TransferKind.Hold, key: taken, expiresAtMs: hold.EndsAtMs ?? 0);
                    holds.Add((hold.Hold, row.Id));
                    parties.Add(hold.Hold, (hold.Debtor, hold.Creditor));
                    return row;
                case ModelStep.Increase increase:
                    return OnHold(increase.Hold, increase.Amount, TransferKind.Increase, taken);
                case ModelStep.Post post:
                    return OnHold(post.Hold, post.Amount, post.Final ? TransferKind.PostFinal : TransferKind.Post, taken);
                case ModelStep.Void release:
                    return OnHold(release.Hold, release.Amount, TransferKind.Void, taken);
                case ModelStep.Expire expire:
                    return OnHold(expire.Hold, expire.Amount, TransferKind.Expire, taken);
                case ModelStep.Close close:
                    return draft.Row(EventType.AccountClosed, TransferKind.None, draft.Number(close.Account), 0, 0, payment: 0, key: taken, version: 9);
                default:
                    throw new ArgumentOutOfRangeException(nameof(step));
            }
        }

        private LogRow OnHold(int number, long amount, TransferKind kind, IdempotencyKey key)
        {
            var (debtor, creditor) = parties[number];
            return draft.Transfer(debtor, creditor, amount, kind, holds.First(hold => hold.Number == number).Id, key);
        }

        // What a grain that releases a hold believes to be open: the ledger's own view, before this entry.
        private long OpenOf(int number) => model.Holds.TryGetValue(number, out var hold) ? (long)hold.Open : 0;
    }
}
