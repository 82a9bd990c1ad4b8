using System.Diagnostics;
using Lathe.Passes;
using Lathe.Sdk;

namespace Lathe.Cli;

/// <summary>Whose bug an exception is: where it was thrown below a class of a plugin's, that one is named.</summary>
internal static class PluginFault
{
    /// <summary>LT0204 with the plugin, and which of its passes, rules, operators, weight formats or targets it was; null where no plugin was at work.</summary>
    public static Diagnostic? Of(Exception thrown)
    {
        // What fails while a class is made ready, or called by reflection, is wrapped; the first cause says where.
        var cause = thrown;
        while (cause is TypeInitializationException or System.Reflection.TargetInvocationException && cause.InnerException is { } inner) cause = inner;
        foreach (var type in new StackTrace(cause).GetFrames().Concat(new StackTrace(thrown).GetFrames()).Select(f => f.GetMethod()?.DeclaringType).OfType<Type>())
        {
            if (Vocabulary.PluginOf(type.Assembly) is not { } plugin) continue;
            return new("LT0204", $"{Named(Outermost(type))} failed: {cause.GetType().Name}: {cause.Message}", $"plugin {plugin}", "this is a bug of the plugin; without it: leave out --plugin, or its line in lathe.json");
        }
        return null;
    }

    /// <summary>Closures are classes inside the one that they were written in.</summary>
    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string Named(Type type) =>
        typeof(Pass).IsAssignableFrom(type) ? $"pass {Vocabulary.Word(type)}"
        : typeof(Rule).IsAssignableFrom(type) ? $"rule {Vocabulary.Word(type)}"
        : typeof(Op).IsAssignableFrom(type) ? $"operator {Vocabulary.Word(type)}"
        : typeof(Encoding).IsAssignableFrom(type) ? $"weight format {Vocabulary.Word(type)}"
        : typeof(ProgramTarget).IsAssignableFrom(type) ? $"target {Vocabulary.Word(type)}"
        : type.Name;
}
