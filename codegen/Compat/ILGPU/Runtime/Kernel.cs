using System.Linq.Expressions;
using System.Reflection;
using ILGPU.Running;

namespace ILGPU.Runtime;

/// <summary>A static method to be run by many threads.</summary>
public sealed class Kernel
{
    private readonly MethodInfo method;
    private readonly bool autoGrouped;

    internal Kernel(MethodInfo method, bool autoGrouped) => (this.method, this.autoGrouped) = (method, autoGrouped);

    /// <summary>
    /// The kernel as a delegate of (stream, launch, arguments…), where launch is the number of threads of an auto-grouped kernel,
    /// else a <see cref="KernelConfig"/>.
    /// </summary>
    public TDelegate CreateLauncherDelegate<TDelegate>() where TDelegate : Delegate
    {
        var parameters = typeof(TDelegate).GetMethod("Invoke")!.GetParameters()
            .Select(parameter => Expression.Parameter(parameter.ParameterType, parameter.Name)).ToArray();
        var launch = parameters[1];
        var arguments = parameters.Skip(2);
        return Expression.Lambda<TDelegate>(autoGrouped ? OverIndices(launch, arguments) : OverGroups(launch, arguments), parameters).Compile();
    }

    private MethodCallExpression OverIndices(Expression extent, IEnumerable<Expression> arguments)
    {
        var index = Expression.Parameter(typeof(Index1D), "index");
        Action<Index1D, Action<Index1D>> run = Launch.OverIndices;
        return Expression.Call(run.Method, extent,
            Expression.Lambda<Action<Index1D>>(Expression.Call(method, arguments.Prepend(index)), index));
    }

    private MethodCallExpression OverGroups(Expression config, IEnumerable<Expression> arguments)
    {
        Action<KernelConfig, bool, Action> run = Launch.OverGroups;
        return Expression.Call(run.Method, config, Expression.Constant(Cooperation.IsNeededBy(method)),
            Expression.Lambda<Action>(Expression.Call(method, arguments)));
    }
}
