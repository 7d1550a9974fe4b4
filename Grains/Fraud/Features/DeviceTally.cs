namespace Grains.Fraud.Features;

/// <summary>How often each device stands in a window. Most payers have one: it needs no dictionary.</summary>
internal struct DeviceTally
{
    private long one;
    private int times;
    private Dictionary<long, int>? others;

    /// <param name="device">A keyed hash; 0 for none.</param>
    /// <param name="by">1 as it enters, −1 as it leaves.</param>
    public void Count(long device, int by)
    {
        if (device == 0)
            return;
        if (times == 0 && by > 0 && others?.ContainsKey(device) != true)
            one = device;
        if (device == one)
        {
            times += by;
            if (times == 0)
                one = 0;
            return;
        }

        others ??= [];
        var count = others.GetValueOrDefault(device) + by;
        if (count == 0)
            others.Remove(device);
        else
            others[device] = count;
    }

    public readonly bool Holds(long device) => (device == one && times > 0) || others?.ContainsKey(device) == true;
}
