using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Silo.Cluster.Actors;

/// <summary>An account's contract as Orleans knows it. Its alias travels: never change it.</summary>
[Alias("payments.account")]
public interface IAccountGrainActor : IAccountGrain, IGrainWithStringKey;

/// <summary>A merchant's contract as Orleans knows it. Its alias travels: never change it.</summary>
[Alias("payments.merchant")]
public interface IMerchantGrainActor : IMerchantGrain, IGrainWithStringKey;

/// <summary>The rule book's contract as Orleans knows it. Its alias travels: never change it.</summary>
[Alias("payments.rulebook")]
public interface IRuleBookGrainActor : IRuleBookGrain, IGrainWithStringKey;

/// <summary>The contract of addresses and devices as Orleans knows it. Its alias travels: never change it.</summary>
[Alias("payments.entity")]
public interface IRiskEntityGrainActor : IRiskEntityGrain, IGrainWithStringKey;

/// <summary>A card's contract, over all merchants, as Orleans knows it. Its alias travels: never change it.</summary>
[Alias("payments.card")]
public interface ICardEntityGrainActor : ICardEntityGrain, IGrainWithStringKey;

/// <summary>The contract of fraud's alerts as Orleans knows it. Its alias travels: never change it.</summary>
[Alias("payments.alerts")]
public interface IFraudAlertsGrainActor : IFraudAlertsGrain, IGrainWithStringKey;
