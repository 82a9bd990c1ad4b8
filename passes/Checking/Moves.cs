using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>What stands elsewhere in one list of names than in another.</summary>
public static class Moves
{
    /// <summary>Steps of both that stand in another order: all but a longest list that kept it.</summary>
    public static IReadOnlyList<Change> Between(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var (moves, places) = (new List<Change>(), after.Index().GroupBy(p => p.Item, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Index, StringComparer.Ordinal));
        var common = before.Where(places.ContainsKey).Distinct(StringComparer.Ordinal).ToList();
        var (tails, previous) = (new List<int>(), new int[common.Count]);
        for (var i = 0; i < common.Count; i++)
        {
            var at = tails.FindIndex(t => places[common[t]] >= places[common[i]]) is var found and >= 0 ? found : tails.Count;
            previous[i] = at > 0 ? tails[at - 1] : -1;
            if (at == tails.Count) tails.Add(i);
            else tails[at] = i;
        }
        var kept = new HashSet<int>();
        for (var i = tails.Count > 0 ? tails[^1] : -1; i >= 0; i = previous[i]) kept.Add(i);
        string Behind(IReadOnlyList<string> all, int place) => place == 0 ? "first" : $"behind %{NameText.Sigiled(all[place - 1])}";
        for (var i = 0; i < common.Count; i++)
            if (!kept.Contains(i)) moves.Add(new(Fate.Moved, common[i], Behind(before, before.Index().First(p => p.Item == common[i]).Index), Behind(after, places[common[i]])));
        return moves;
    }
}
