global using Buffer = Lathe.Ir.Buffer;
global using Shape = Lathe.Ir.Seq<Lathe.Ir.Expr>;
