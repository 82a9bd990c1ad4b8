// Pipelines: which passes run, with which options, on which steps; and rewrites: patterns over steps of a graph and what takes their place.
// The grammar knows shapes of text, never vocabularies: passes, options, criteria, operators and functions are plain names that the reader looks up,
// so adding one never touches this file.
grammar Pipeline;

file       : include* rewrite* (pipeline include* rewrite*)? EOF ;
include    : 'include' STRING ;                         // rewrites and the pipeline of another file
pipeline   : 'pipeline' label ('(' parameter (',' parameter)* ')')? '{' statements '}' ;
parameter  : name '=' value ;                           // what $name stands for unless told otherwise
line       : statements EOF ;                           // what --passes takes: the inside of the braces
statements : (statement (',' | ';')?)* ;
statement  : 'keep' on                                                     # keep
           | 'include' STRING ('(' (option (',' option)*)? ')')? on?       # included   // the passes of another file, with its parameters
           | 'if' selector '{' statements '}' ('else' '{' statements '}')? # choice     // by what is compiled for
           | name ('(' (option (',' option)*)? ')')? on?                   # pass
           ;
option     : name '=' value ;
value      : STRING | '-'? NUMBER | VARIABLE | name | '[' (value (',' value)*)? ']' ;      // "i4 group=64", 0.98, 2:4, gptq

// ---- where a pass acts -------------------------------------------------------------------------------
on         : 'on' selector ;
selector   : all ('or' all)* ;
all        : one ('and' one)* ;
one        : 'not' one                                                     # not
           | '(' selector ')'                                              # parens
           | name '(' (term (',' term)*)? ')'                              # criterion  // op(Conv), size(> 1MB)
           ;
term       : ('>' | '>=' | '<' | '<=')? value ;

// ---- rewrites: steps to find, a condition, steps in their place ----------------------------------------
rewrite    : 'rewrite' name 'inexact'? '{' 'match' bound+ ('where' condition)? 'replace' bound+ '}' ;
bound      : LOCAL (',' LOCAL)* '=' part ;
part       : LOCAL '...'                                                   # rest       // operands from here on
           | (LOCAL | GLOBAL) (':' type)?                                  # operand    // any value; a weight
           | '_'                                                           # absent     // an optional operand left out
           | '-'? NUMBER                                                   # number     // a weight all of whose elements are this
           | '[' (formula (',' formula)*)? ']'                             # wholes     // a vector of i64
           | '{' formula '}'                                               # computed   // a number that is worked out
           | VARIABLE '(' arguments ')' (':' type)?                        # again      // an operator that was found, with its attributes
           | (VARIABLE ':')? verb ('|' verb)* '(' arguments ')' ('{' attribute (',' attribute)* '}')? (':' type)?  # step
           ;
verb       : name | 'not' | 'and' | 'or' | 'if' | 'on' | 'keep' ;   // operators may be called as words of the language are
arguments  : (argument (',' argument)*)? ;
argument   : attribute | part ;
attribute  : name '=' formula ;
type       : 'tensor' '<' (extents ',')? kind '>' ;
extents    : NUMBER | '[' (extent (',' extent)*)? ']' | '...' ;
extent     : NUMBER | name | '_' | '...' ;
kind       : name | '_' | VARIABLE ;

// ---- conditions and numbers ---------------------------------------------------------------------------
condition  : both ('or' both)* ;
both       : test ('and' test)* ;
test       : 'not' test                                                    # opposite
           | formula (('==' | '!=' | '<' | '<=' | '>' | '>=') formula)?    # comparison
           ;
formula    : product (('+' | '-') product)* ;
product    : unit (('*' | '/' | '%') unit)* ;
unit       : '-'? atom item* ;
item       : '[' formula ']'                                               # place
           | '.' name                                                      # member     // an attribute of an operator
           ;
atom       : NUMBER                                                        # literal
           | STRING                                                        # quoted
           | (VARIABLE | LOCAL | GLOBAL)                                   # found
           | name ('(' (formula (',' formula)*)? ')')?                     # named      // rank(%x), an extent, a kind of number, a choice
           | '[' (formula (',' formula)*)? ']'                             # list
           | '(' condition ')'                                             # within
           ;

label      : name | STRING ;
name       : NAME | 'pipeline' | 'include' | 'rewrite' | 'inexact' | 'match' | 'where' | 'replace' | 'tensor' | 'else' ;

NAME       : [A-Za-z_] [A-Za-z0-9_.]* ;
NUMBER     : [0-9] ('.' [A-Za-z0-9_:] | [A-Za-z0-9_:] | [eE] [+-] [0-9])* ;
LOCAL      : '%' WORD ;
GLOBAL     : '@' WORD ;
VARIABLE   : '$' WORD ;
STRING     : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"' ;
COMMENT    : '//' ~[\r\n]* -> skip ;
SPACE      : [ \t\r\n]+ -> skip ;
OTHER      : . ;

fragment WORD : [A-Za-z_] [A-Za-z0-9_]* ;
