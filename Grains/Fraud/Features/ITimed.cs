namespace Grains.Fraud.Features;

/// <summary>What happened at a time; told apart by its id.</summary>
public interface ITimed
{
    long Id { get; }

    long TimeMs { get; }
}
