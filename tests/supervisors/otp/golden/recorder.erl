%% Plays scenarios on OTP's own supervisor and prints what happened; `record.py` drives it.
%%
%% Scenarios come in as Erlang terms, one after another; out goes one line each: the traces of its steps, with a
%% bar between them. What the words of a scenario and of a trace mean stands in `scenarios.py`.
%%
%% The recorder sees everything first-hand: children's start functions ask it what to do, children tell it that
%% they are up, and it monitors them to see them go. Run it with one scheduler (+S 1:1), so that what one process
%% sends to two others arrives in the order in which it was sent.
-module(recorder).
-export([main/0, init/1, start_worker/2, start_supervisor/2, live/4]).

main() ->
    logger:set_primary_config(level, none),
    case io:read("") of
        eof ->
            halt(0);
        {ok, Scenario} ->
            {Pid, Mon} = spawn_monitor(fun() -> exit({played, play(Scenario)}) end),
            receive
                {'DOWN', Mon, process, Pid, {played, Steps}} -> io:format("~ts~n", [lists:join("|", Steps)]);
                {'DOWN', Mon, process, Pid, Fault} -> io:format(standard_error, "~p~n", [{Fault, Scenario}]), halt(1)
            end,
            main()
    end.

%% ---- a scenario ----

play({Flags, Children, Steps}) ->
    [put(Key, Value) || {Key, Value} <- [{trace, []}, {during, []}, {queued, []}, {root, starting}, {zero, 0}]],
    Recorder = self(),
    Parent = spawn_link(fun() -> parent(Recorder, {Flags, Children, Recorder}) end),
    put(parent, Parent),
    Played = [step([start]) | [step(Step) || Step <- Steps]],
    unlink(Parent),
    exit(Parent, kill),
    Played.

%% The process the root supervisor is linked to: it asks it to stop, and learns why it ended.
parent(Recorder, Args) ->
    process_flag(trap_exit, true),
    Recorder ! {start_link, supervisor:start_link(?MODULE, Args)},
    parent(Recorder).

parent(Recorder) ->
    receive
        {stop, Root} -> exit(Root, shutdown);
        {'EXIT', _, Reason} -> Recorder ! {root_ended, Reason}
    end,
    parent(Recorder).

%% A step is an operation, and what is done while the first child it makes start or stop holds everybody up.
step([Op | During]) ->
    put(trace, []),
    put(during, During),
    put(queued, []),
    do(Op),
    settle(),
    Results = [result(Asked, await(Ref)) || {Asked, Ref} <- lists:reverse(get(queued))],
    lists:join(" ", lists:reverse(get(trace)) ++ Results).

do(start) -> ok;
do({Way, Id}) when Way =:= crash; Way =:= normal; Way =:= shutdown ->
    case get({alive, Id}) of
        undefined -> ok;
        Pid -> end_child(Pid, Way)
    end;
do(stop) ->
    case get(root) of
        Root when is_pid(Root) -> get(parent) ! {stop, Root}, wait_for_end();
        _ -> ok
    end;
do(align) ->
    timer:sleep(1300 - erlang:monotonic_time(millisecond) rem 1000),
    put(zero, erlang:monotonic_time(second) * 1000);
do({at, Milliseconds}) ->
    timer:sleep(max(0, get(zero) + Milliseconds - erlang:monotonic_time(millisecond)));
do(clock) ->
    Tenths = (erlang:monotonic_time(millisecond) - get(zero)) div 100,
    trace(io_lib:format("~b.~bs", [Tenths div 10, Tenths rem 10]));
do(Request) ->
    case get(root) of
        Root when is_pid(Root) ->
            put(queued, [{Request, send_request(Root, request(Request))} | get(queued)]);
        _ -> ok
    end.

request({terminate, Id}) -> {terminate_child, Id};
request({restart, Id}) -> {restart_child, Id};
request({delete, Id}) -> {delete_child, Id};
request({add, Child}) -> {start_child, spec(Child, self())};
request(which) -> which_children.

result(_, ended) -> "ended";
result(which, Children) ->
    %% OTP lists the last first.
    ["[", lists:join(" ", [which(Child) || Child <- lists:reverse(Children)]), "]"];
result(_, ok) -> "ok";
result(_, {ok, undefined}) -> "ignored";
result(_, {ok, _}) -> "ok";
result(_, {error, Word}) when Word =:= not_found; Word =:= running; Word =:= restarting; Word =:= already_present ->
    atom_to_list(Word);
result(_, {error, {already_started, _}}) -> "already_started";
result(_, {error, {refused, _}}) -> "error";
result(_, {error, refused}) -> "error";
result(_, {error, {shutdown, {failed_to_start_child, _, _}}}) -> "error";
result(_, {error, {bad_combination, _}}) -> "invalid".

which({Id, Pid, _, _}) when is_pid(Pid) -> atom_to_list(Id);
which({Id, undefined, _, _}) -> [atom_to_list(Id), "=stopped"];
which({Id, restarting, _, _}) -> [atom_to_list(Id), "=restarting"].

%% ---- waiting until nothing happens any more ----

settle() ->
    Before = get(trace),
    case get(root) of
        starting -> handle(next()), settle();
        ended -> ok;
        Root ->
            case calm(Root) andalso get(trace) =:= Before of
                true -> ok;
                false -> settle()
            end
    end.

calm(Supervisor) ->
    case await(send_request(Supervisor, which_children)) of
        ended -> false;
        Children -> lists:all(fun calm_child/1, Children)
    end.

calm_child({_, restarting, _, _}) -> false;
calm_child({_, undefined, _, _}) -> true;
calm_child({_, Pid, worker, _}) -> is_process_alive(Pid);
calm_child({_, Pid, supervisor, _}) -> calm(Pid).

%% gen_server:call in two halves.
send_request(Pid, Request) ->
    Ref = monitor(process, Pid),
    Pid ! {'$gen_call', {self(), Ref}, Request},
    Ref.

await(Ref) ->
    case erase({reply, Ref}) of
        undefined -> handle(next()), await(Ref);
        Reply -> demonitor(Ref, [flush]), Reply
    end.

next() -> receive Message -> Message end.

%% ---- what the processes tell ----

handle({Ref, Reply}) when is_reference(Ref) -> put({reply, Ref}, Reply);
handle({'DOWN', Mon, process, Pid, Reason}) ->
    case erase({child, Pid}) of
        undefined ->
            %% A supervisor that was asked something. An answer that came before stays.
            get({reply, Mon}) =:= undefined andalso put({reply, Mon}, ended);
        Id ->
            get({alive, Id}) =:= Pid andalso erase({alive, Id}),
            trace([atom_to_list(Id), "-", reason(Reason)])
    end;
handle({asked, From, Id, Starts}) ->
    Attempt = case get({attempts, Id}) of undefined -> 1; N -> N + 1 end,
    put({attempts, Id}, Attempt),
    trace([atom_to_list(Id), "?"]),
    answer(From, Id, lists:nth(min(Attempt, length(Starts)), Starts));
handle({up, Starter, Id, Pid}) ->
    monitor(process, Pid),
    put({child, Pid}, Id),
    put({alive, Id}, Pid),
    trace([atom_to_list(Id), "+"]),
    case erase({ends_at_once, Id}) of
        undefined -> ok;
        Way -> end_child(Pid, Way)
    end,
    Starter ! {go_on, self()};
handle({held, Pid}) ->
    erase({alive, get({child, Pid})}),
    meanwhile(),
    Pid ! {go_on, self()};
handle({start_link, {ok, Root}}) -> put(root, Root);
handle({start_link, {error, {shutdown, {failed_to_start_child, Id, _}}}}) ->
    put(root, ended),
    trace(["failed_to_start:", atom_to_list(Id)]);
handle({root_ended, Reason}) ->
    get(root) =/= ended andalso trace(["ended:", reason(Reason)]),
    put(root, ended).

answer(From, Id, held_ok) -> meanwhile(), answer(From, Id, ok);
answer(From, Id, held_error) -> meanwhile(), answer(From, Id, error);
answer(From, Id, held_ignore) -> meanwhile(), answer(From, Id, ignore);
answer(From, Id, dies) -> put({ends_at_once, Id}, crash), answer(From, Id, ok);
answer(From, Id, ends) -> put({ends_at_once, Id}, normal), answer(From, Id, ok);
answer(From, _, ok) -> From ! {behave, self(), ok};
answer(From, Id, error) -> trace([atom_to_list(Id), "!"]), From ! {behave, self(), error};
answer(From, Id, ignore) -> trace([atom_to_list(Id), "~"]), From ! {behave, self(), ignore}.

%% Somebody holds its supervisor up: now is the time for what was to be done meanwhile.
meanwhile() ->
    During = get(during),
    put(during, []),
    lists:foreach(fun do/1, During).

end_child(Pid, Way) ->
    Pid ! {end_yourself, Way},
    wait_until_gone(Pid).

wait_until_gone(Pid) ->
    case get({child, Pid}) of
        undefined -> ok;
        _ -> handle(next()), wait_until_gone(Pid)
    end.

wait_for_end() ->
    case get(root) of
        ended -> ok;
        _ -> handle(next()), wait_for_end()
    end.

trace(Word) -> put(trace, [Word | get(trace)]).

reason({shutdown, _}) -> "shutdown";
reason(Reason) -> atom_to_list(Reason).

%% ---- supervisors and children ----

init({{Strategy, Intensity, Period, AutoShutdown}, Children, Recorder}) ->
    Flags = #{strategy => Strategy, intensity => Intensity, period => Period, auto_shutdown => AutoShutdown},
    {ok, {Flags, [spec(Child, Recorder) || Child <- Children]}}.

spec({worker, Id, Restart, Shutdown, Significant, Stop, Starts}, Recorder) ->
    #{id => Id, restart => Restart, shutdown => Shutdown, significant => Significant,
      start => {?MODULE, start_worker, [Recorder, {Id, Stop, Starts}]}};
spec({supervisor, Id, Restart, Shutdown, Significant, Flags, Children}, Recorder) ->
    #{id => Id, restart => Restart, shutdown => Shutdown, significant => Significant, type => supervisor,
      start => {?MODULE, start_supervisor, [Recorder, {Flags, Children}]}}.

start_supervisor(Recorder, {Flags, Children}) ->
    supervisor:start_link(?MODULE, {Flags, Children, Recorder}).

start_worker(Recorder, {Id, Stop, Starts}) ->
    Recorder ! {asked, self(), Id, Starts},
    receive
        {behave, Recorder, ok} ->
            Pid = spawn_link(?MODULE, live, [Recorder, self(), Id, Stop]),
            receive {go_on, Recorder} -> {ok, Pid} end;
        {behave, Recorder, error} -> {error, refused};
        {behave, Recorder, ignore} -> ignore
    end.

live(Recorder, Starter, Id, Stop) ->
    process_flag(trap_exit, Stop =/= quick),
    Recorder ! {up, Starter, Id, self()},
    receive
        {end_yourself, Way} -> exit(Way);
        {'EXIT', _, shutdown} -> stop(Recorder, Stop)
    end.

stop(_, polite) -> exit(shutdown);
stop(_, normal) -> exit(normal);
stop(_, faulty) -> exit(crash);
stop(_, slow) -> timer:sleep(10), exit(shutdown);
stop(Recorder, held) -> Recorder ! {held, self()}, receive {go_on, Recorder} -> exit(shutdown) end;
stop(_, deaf) -> receive after infinity -> ok end.
