import * as $protobuf from "./runtime.js";

/** Namespace rkv. */
export namespace rkv {

    /** Namespace raft. */
    namespace raft {

        /** EntryKind enum. */
        enum EntryKind {

            /** NORMAL value */
            NORMAL = 0,

            /** NOOP value */
            NOOP = 1,

            /** CONFIG value */
            CONFIG = 2
        }

        /**
         * Properties of an Entry.
         * @deprecated Use rkv.raft.Entry.$Properties instead.
         */
        interface IEntry extends rkv.raft.Entry.$Properties {
        }

        /** Represents an Entry. */
        class Entry {

            /**
             * Constructs a new Entry.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Entry.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Entry term. */
            term: number;

            /** Entry kind. */
            kind: rkv.raft.EntryKind;

            /** Entry payload. */
            payload: Uint8Array;

            /**
             * Creates a new Entry instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Entry instance
             */
            static create(properties: rkv.raft.Entry.$Shape): rkv.raft.Entry & rkv.raft.Entry.$Shape;
            static create(properties?: rkv.raft.Entry.$Properties): rkv.raft.Entry;

            /**
             * Encodes the specified Entry message. Does not implicitly {@link rkv.raft.Entry.verify|verify} messages.
             * @param message Entry message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Entry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Entry message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Entry & rkv.raft.Entry.$Shape} Entry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Entry & rkv.raft.Entry.$Shape;
        }

        namespace Entry {

            /** Properties of an Entry. */
            interface $Properties {

                /** Entry term */
                term?: (number|null);

                /** Entry kind */
                kind?: (rkv.raft.EntryKind|null);

                /** Entry payload */
                payload?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Entry. */
            type $Shape = rkv.raft.Entry.$Properties;
        }

        /**
         * Properties of a RaftMessage.
         * @deprecated Use rkv.raft.RaftMessage.$Properties instead.
         */
        interface IRaftMessage extends rkv.raft.RaftMessage.$Properties {
        }

        /** Represents a RaftMessage. */
        class RaftMessage {

            /**
             * Constructs a new RaftMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.RaftMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RaftMessage group. */
            group: number;

            /** RaftMessage from. */
            from: number;

            /** RaftMessage to. */
            to: number;

            /** RaftMessage term. */
            term: number;

            /** RaftMessage preVote. */
            preVote?: (rkv.raft.PreVote.$Properties|null);

            /** RaftMessage preVoteReply. */
            preVoteReply?: (rkv.raft.VoteReply.$Properties|null);

            /** RaftMessage vote. */
            vote?: (rkv.raft.Vote.$Properties|null);

            /** RaftMessage voteReply. */
            voteReply?: (rkv.raft.VoteReply.$Properties|null);

            /** RaftMessage append. */
            append?: (rkv.raft.Append.$Properties|null);

            /** RaftMessage appendReply. */
            appendReply?: (rkv.raft.AppendReply.$Properties|null);

            /** RaftMessage heartbeat. */
            heartbeat?: (rkv.raft.Heartbeat.$Properties|null);

            /** RaftMessage heartbeatReply. */
            heartbeatReply?: (rkv.raft.HeartbeatReply.$Properties|null);

            /** RaftMessage readIndex. */
            readIndex?: (rkv.raft.ReadIndex.$Properties|null);

            /** RaftMessage readIndexReply. */
            readIndexReply?: (rkv.raft.ReadIndexReply.$Properties|null);

            /** RaftMessage snapshot. */
            snapshot?: (rkv.raft.Snapshot.$Properties|null);

            /** RaftMessage timeoutNow. */
            timeoutNow?: (rkv.raft.TimeoutNow.$Properties|null);

            /** RaftMessage quiesce. */
            quiesce?: (rkv.raft.Quiesce.$Properties|null);

            /** RaftMessage body. */
            body?: ("preVote"|"preVoteReply"|"vote"|"voteReply"|"append"|"appendReply"|"heartbeat"|"heartbeatReply"|"readIndex"|"readIndexReply"|"snapshot"|"timeoutNow"|"quiesce");

            /**
             * Creates a new RaftMessage instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RaftMessage instance
             */
            static create(properties: rkv.raft.RaftMessage.$Shape): rkv.raft.RaftMessage & rkv.raft.RaftMessage.$Shape;
            static create(properties?: rkv.raft.RaftMessage.$Properties): rkv.raft.RaftMessage;

            /**
             * Encodes the specified RaftMessage message. Does not implicitly {@link rkv.raft.RaftMessage.verify|verify} messages.
             * @param message RaftMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.RaftMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RaftMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.RaftMessage & rkv.raft.RaftMessage.$Shape} RaftMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.RaftMessage & rkv.raft.RaftMessage.$Shape;
        }

        namespace RaftMessage {

            /** Properties of a RaftMessage. */
            interface $Properties {

                /** RaftMessage group */
                group?: (number|null);

                /** RaftMessage from */
                from?: (number|null);

                /** RaftMessage to */
                to?: (number|null);

                /** RaftMessage term */
                term?: (number|null);

                /** RaftMessage preVote */
                preVote?: (rkv.raft.PreVote.$Properties|null);

                /** RaftMessage preVoteReply */
                preVoteReply?: (rkv.raft.VoteReply.$Properties|null);

                /** RaftMessage vote */
                vote?: (rkv.raft.Vote.$Properties|null);

                /** RaftMessage voteReply */
                voteReply?: (rkv.raft.VoteReply.$Properties|null);

                /** RaftMessage append */
                append?: (rkv.raft.Append.$Properties|null);

                /** RaftMessage appendReply */
                appendReply?: (rkv.raft.AppendReply.$Properties|null);

                /** RaftMessage heartbeat */
                heartbeat?: (rkv.raft.Heartbeat.$Properties|null);

                /** RaftMessage heartbeatReply */
                heartbeatReply?: (rkv.raft.HeartbeatReply.$Properties|null);

                /** RaftMessage readIndex */
                readIndex?: (rkv.raft.ReadIndex.$Properties|null);

                /** RaftMessage readIndexReply */
                readIndexReply?: (rkv.raft.ReadIndexReply.$Properties|null);

                /** RaftMessage snapshot */
                snapshot?: (rkv.raft.Snapshot.$Properties|null);

                /** RaftMessage timeoutNow */
                timeoutNow?: (rkv.raft.TimeoutNow.$Properties|null);

                /** RaftMessage quiesce */
                quiesce?: (rkv.raft.Quiesce.$Properties|null);

                /** RaftMessage body */
                body?: ("preVote"|"preVoteReply"|"vote"|"voteReply"|"append"|"appendReply"|"heartbeat"|"heartbeatReply"|"readIndex"|"readIndexReply"|"snapshot"|"timeoutNow"|"quiesce");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a RaftMessage. */
            type $Shape = {
              group?: number|null;
              from?: number|null;
              to?: number|null;
              term?: number|null;
              preVote?: rkv.raft.PreVote.$Shape|null;
              preVoteReply?: rkv.raft.VoteReply.$Shape|null;
              vote?: rkv.raft.Vote.$Shape|null;
              voteReply?: rkv.raft.VoteReply.$Shape|null;
              append?: rkv.raft.Append.$Shape|null;
              appendReply?: rkv.raft.AppendReply.$Shape|null;
              heartbeat?: rkv.raft.Heartbeat.$Shape|null;
              heartbeatReply?: rkv.raft.HeartbeatReply.$Shape|null;
              readIndex?: rkv.raft.ReadIndex.$Shape|null;
              readIndexReply?: rkv.raft.ReadIndexReply.$Shape|null;
              snapshot?: rkv.raft.Snapshot.$Shape|null;
              timeoutNow?: rkv.raft.TimeoutNow.$Shape|null;
              quiesce?: rkv.raft.Quiesce.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "preVote"; preVote: rkv.raft.PreVote.$Shape; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "preVoteReply"; preVote?: null; preVoteReply: rkv.raft.VoteReply.$Shape; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "vote"; preVote?: null; preVoteReply?: null; vote: rkv.raft.Vote.$Shape; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "voteReply"; preVote?: null; preVoteReply?: null; vote?: null; voteReply: rkv.raft.VoteReply.$Shape; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "append"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append: rkv.raft.Append.$Shape; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "appendReply"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply: rkv.raft.AppendReply.$Shape; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "heartbeat"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat: rkv.raft.Heartbeat.$Shape; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "heartbeatReply"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply: rkv.raft.HeartbeatReply.$Shape; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "readIndex"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex: rkv.raft.ReadIndex.$Shape; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "readIndexReply"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply: rkv.raft.ReadIndexReply.$Shape; snapshot?: null; timeoutNow?: null; quiesce?: null }|{ body?: "snapshot"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot: rkv.raft.Snapshot.$Shape; timeoutNow?: null; quiesce?: null }|{ body?: "timeoutNow"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow: rkv.raft.TimeoutNow.$Shape; quiesce?: null }|{ body?: "quiesce"; preVote?: null; preVoteReply?: null; vote?: null; voteReply?: null; append?: null; appendReply?: null; heartbeat?: null; heartbeatReply?: null; readIndex?: null; readIndexReply?: null; snapshot?: null; timeoutNow?: null; quiesce: rkv.raft.Quiesce.$Shape })
            );
        }

        /**
         * Properties of a PreVote.
         * @deprecated Use rkv.raft.PreVote.$Properties instead.
         */
        interface IPreVote extends rkv.raft.PreVote.$Properties {
        }

        /** Represents a PreVote. */
        class PreVote {

            /**
             * Constructs a new PreVote.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.PreVote.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PreVote lastIndex. */
            lastIndex: number;

            /** PreVote lastTerm. */
            lastTerm: number;

            /** PreVote hint. */
            hint: boolean;

            /**
             * Creates a new PreVote instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PreVote instance
             */
            static create(properties: rkv.raft.PreVote.$Shape): rkv.raft.PreVote & rkv.raft.PreVote.$Shape;
            static create(properties?: rkv.raft.PreVote.$Properties): rkv.raft.PreVote;

            /**
             * Encodes the specified PreVote message. Does not implicitly {@link rkv.raft.PreVote.verify|verify} messages.
             * @param message PreVote message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.PreVote.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PreVote message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.PreVote & rkv.raft.PreVote.$Shape} PreVote
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.PreVote & rkv.raft.PreVote.$Shape;
        }

        namespace PreVote {

            /** Properties of a PreVote. */
            interface $Properties {

                /** PreVote lastIndex */
                lastIndex?: (number|null);

                /** PreVote lastTerm */
                lastTerm?: (number|null);

                /** PreVote hint */
                hint?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PreVote. */
            type $Shape = rkv.raft.PreVote.$Properties;
        }

        /**
         * Properties of a Vote.
         * @deprecated Use rkv.raft.Vote.$Properties instead.
         */
        interface IVote extends rkv.raft.Vote.$Properties {
        }

        /** Represents a Vote. */
        class Vote {

            /**
             * Constructs a new Vote.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Vote.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Vote lastIndex. */
            lastIndex: number;

            /** Vote lastTerm. */
            lastTerm: number;

            /** Vote forced. */
            forced: boolean;

            /**
             * Creates a new Vote instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Vote instance
             */
            static create(properties: rkv.raft.Vote.$Shape): rkv.raft.Vote & rkv.raft.Vote.$Shape;
            static create(properties?: rkv.raft.Vote.$Properties): rkv.raft.Vote;

            /**
             * Encodes the specified Vote message. Does not implicitly {@link rkv.raft.Vote.verify|verify} messages.
             * @param message Vote message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Vote.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Vote message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Vote & rkv.raft.Vote.$Shape} Vote
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Vote & rkv.raft.Vote.$Shape;
        }

        namespace Vote {

            /** Properties of a Vote. */
            interface $Properties {

                /** Vote lastIndex */
                lastIndex?: (number|null);

                /** Vote lastTerm */
                lastTerm?: (number|null);

                /** Vote forced */
                forced?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Vote. */
            type $Shape = rkv.raft.Vote.$Properties;
        }

        /**
         * Properties of a VoteReply.
         * @deprecated Use rkv.raft.VoteReply.$Properties instead.
         */
        interface IVoteReply extends rkv.raft.VoteReply.$Properties {
        }

        /** Represents a VoteReply. */
        class VoteReply {

            /**
             * Constructs a new VoteReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.VoteReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** VoteReply granted. */
            granted: boolean;

            /**
             * Creates a new VoteReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns VoteReply instance
             */
            static create(properties: rkv.raft.VoteReply.$Shape): rkv.raft.VoteReply & rkv.raft.VoteReply.$Shape;
            static create(properties?: rkv.raft.VoteReply.$Properties): rkv.raft.VoteReply;

            /**
             * Encodes the specified VoteReply message. Does not implicitly {@link rkv.raft.VoteReply.verify|verify} messages.
             * @param message VoteReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.VoteReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a VoteReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.VoteReply & rkv.raft.VoteReply.$Shape} VoteReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.VoteReply & rkv.raft.VoteReply.$Shape;
        }

        namespace VoteReply {

            /** Properties of a VoteReply. */
            interface $Properties {

                /** VoteReply granted */
                granted?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a VoteReply. */
            type $Shape = rkv.raft.VoteReply.$Properties;
        }

        /**
         * Properties of an Append.
         * @deprecated Use rkv.raft.Append.$Properties instead.
         */
        interface IAppend extends rkv.raft.Append.$Properties {
        }

        /** Represents an Append. */
        class Append {

            /**
             * Constructs a new Append.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Append.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Append prevIndex. */
            prevIndex: number;

            /** Append prevTerm. */
            prevTerm: number;

            /** Append entries. */
            entries: rkv.raft.Entry.$Properties[];

            /** Append commit. */
            commit: number;

            /** Append round. */
            round: number;

            /**
             * Creates a new Append instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Append instance
             */
            static create(properties: rkv.raft.Append.$Shape): rkv.raft.Append & rkv.raft.Append.$Shape;
            static create(properties?: rkv.raft.Append.$Properties): rkv.raft.Append;

            /**
             * Encodes the specified Append message. Does not implicitly {@link rkv.raft.Append.verify|verify} messages.
             * @param message Append message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Append.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Append message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Append & rkv.raft.Append.$Shape} Append
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Append & rkv.raft.Append.$Shape;
        }

        namespace Append {

            /** Properties of an Append. */
            interface $Properties {

                /** Append prevIndex */
                prevIndex?: (number|null);

                /** Append prevTerm */
                prevTerm?: (number|null);

                /** Append entries */
                entries?: (rkv.raft.Entry.$Properties[]|null);

                /** Append commit */
                commit?: (number|null);

                /** Append round */
                round?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Append. */
            type $Shape = rkv.raft.Append.$Properties;
        }

        /**
         * Properties of an AppendReply.
         * @deprecated Use rkv.raft.AppendReply.$Properties instead.
         */
        interface IAppendReply extends rkv.raft.AppendReply.$Properties {
        }

        /** Represents an AppendReply. */
        class AppendReply {

            /**
             * Constructs a new AppendReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.AppendReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AppendReply match. */
            match?: (number|null);

            /** AppendReply rejection. */
            rejection?: (rkv.raft.Rejection.$Properties|null);

            /** AppendReply round. */
            round: number;

            /** AppendReply result. */
            result?: ("match"|"rejection");

            /**
             * Creates a new AppendReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AppendReply instance
             */
            static create(properties: rkv.raft.AppendReply.$Shape): rkv.raft.AppendReply & rkv.raft.AppendReply.$Shape;
            static create(properties?: rkv.raft.AppendReply.$Properties): rkv.raft.AppendReply;

            /**
             * Encodes the specified AppendReply message. Does not implicitly {@link rkv.raft.AppendReply.verify|verify} messages.
             * @param message AppendReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.AppendReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AppendReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.AppendReply & rkv.raft.AppendReply.$Shape} AppendReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.AppendReply & rkv.raft.AppendReply.$Shape;
        }

        namespace AppendReply {

            /** Properties of an AppendReply. */
            interface $Properties {

                /** AppendReply match */
                match?: (number|null);

                /** AppendReply rejection */
                rejection?: (rkv.raft.Rejection.$Properties|null);

                /** AppendReply round */
                round?: (number|null);

                /** AppendReply result */
                result?: ("match"|"rejection");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an AppendReply. */
            type $Shape = {
              match?: number|null;
              rejection?: rkv.raft.Rejection.$Shape|null;
              round?: number|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ result?: undefined; match?: null; rejection?: null }|{ result?: "match"; match: number; rejection?: null }|{ result?: "rejection"; match?: null; rejection: rkv.raft.Rejection.$Shape })
            );
        }

        /**
         * Properties of a Rejection.
         * @deprecated Use rkv.raft.Rejection.$Properties instead.
         */
        interface IRejection extends rkv.raft.Rejection.$Properties {
        }

        /** Represents a Rejection. */
        class Rejection {

            /**
             * Constructs a new Rejection.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Rejection.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Rejection rejected. */
            rejected: number;

            /** Rejection hintIndex. */
            hintIndex: number;

            /** Rejection hintTerm. */
            hintTerm: number;

            /**
             * Creates a new Rejection instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Rejection instance
             */
            static create(properties: rkv.raft.Rejection.$Shape): rkv.raft.Rejection & rkv.raft.Rejection.$Shape;
            static create(properties?: rkv.raft.Rejection.$Properties): rkv.raft.Rejection;

            /**
             * Encodes the specified Rejection message. Does not implicitly {@link rkv.raft.Rejection.verify|verify} messages.
             * @param message Rejection message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Rejection.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Rejection message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Rejection & rkv.raft.Rejection.$Shape} Rejection
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Rejection & rkv.raft.Rejection.$Shape;
        }

        namespace Rejection {

            /** Properties of a Rejection. */
            interface $Properties {

                /** Rejection rejected */
                rejected?: (number|null);

                /** Rejection hintIndex */
                hintIndex?: (number|null);

                /** Rejection hintTerm */
                hintTerm?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Rejection. */
            type $Shape = rkv.raft.Rejection.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use rkv.raft.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends rkv.raft.Heartbeat.$Properties {
        }

        /** Represents a Heartbeat. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Heartbeat commit. */
            commit: number;

            /** Heartbeat round. */
            round: number;

            /**
             * Creates a new Heartbeat instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Heartbeat instance
             */
            static create(properties: rkv.raft.Heartbeat.$Shape): rkv.raft.Heartbeat & rkv.raft.Heartbeat.$Shape;
            static create(properties?: rkv.raft.Heartbeat.$Properties): rkv.raft.Heartbeat;

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link rkv.raft.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Heartbeat & rkv.raft.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Heartbeat & rkv.raft.Heartbeat.$Shape;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /** Heartbeat commit */
                commit?: (number|null);

                /** Heartbeat round */
                round?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = rkv.raft.Heartbeat.$Properties;
        }

        /**
         * Properties of a HeartbeatReply.
         * @deprecated Use rkv.raft.HeartbeatReply.$Properties instead.
         */
        interface IHeartbeatReply extends rkv.raft.HeartbeatReply.$Properties {
        }

        /** Represents a HeartbeatReply. */
        class HeartbeatReply {

            /**
             * Constructs a new HeartbeatReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.HeartbeatReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeartbeatReply round. */
            round: number;

            /**
             * Creates a new HeartbeatReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeartbeatReply instance
             */
            static create(properties: rkv.raft.HeartbeatReply.$Shape): rkv.raft.HeartbeatReply & rkv.raft.HeartbeatReply.$Shape;
            static create(properties?: rkv.raft.HeartbeatReply.$Properties): rkv.raft.HeartbeatReply;

            /**
             * Encodes the specified HeartbeatReply message. Does not implicitly {@link rkv.raft.HeartbeatReply.verify|verify} messages.
             * @param message HeartbeatReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.HeartbeatReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeartbeatReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.HeartbeatReply & rkv.raft.HeartbeatReply.$Shape} HeartbeatReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.HeartbeatReply & rkv.raft.HeartbeatReply.$Shape;
        }

        namespace HeartbeatReply {

            /** Properties of a HeartbeatReply. */
            interface $Properties {

                /** HeartbeatReply round */
                round?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeartbeatReply. */
            type $Shape = rkv.raft.HeartbeatReply.$Properties;
        }

        /**
         * Properties of a ReadIndex.
         * @deprecated Use rkv.raft.ReadIndex.$Properties instead.
         */
        interface IReadIndex extends rkv.raft.ReadIndex.$Properties {
        }

        /** Represents a ReadIndex. */
        class ReadIndex {

            /**
             * Constructs a new ReadIndex.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.ReadIndex.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReadIndex context. */
            context: number;

            /**
             * Creates a new ReadIndex instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ReadIndex instance
             */
            static create(properties: rkv.raft.ReadIndex.$Shape): rkv.raft.ReadIndex & rkv.raft.ReadIndex.$Shape;
            static create(properties?: rkv.raft.ReadIndex.$Properties): rkv.raft.ReadIndex;

            /**
             * Encodes the specified ReadIndex message. Does not implicitly {@link rkv.raft.ReadIndex.verify|verify} messages.
             * @param message ReadIndex message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.ReadIndex.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReadIndex message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.ReadIndex & rkv.raft.ReadIndex.$Shape} ReadIndex
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.ReadIndex & rkv.raft.ReadIndex.$Shape;
        }

        namespace ReadIndex {

            /** Properties of a ReadIndex. */
            interface $Properties {

                /** ReadIndex context */
                context?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReadIndex. */
            type $Shape = rkv.raft.ReadIndex.$Properties;
        }

        /**
         * Properties of a ReadIndexReply.
         * @deprecated Use rkv.raft.ReadIndexReply.$Properties instead.
         */
        interface IReadIndexReply extends rkv.raft.ReadIndexReply.$Properties {
        }

        /** Represents a ReadIndexReply. */
        class ReadIndexReply {

            /**
             * Constructs a new ReadIndexReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.ReadIndexReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReadIndexReply context. */
            context: number;

            /** ReadIndexReply index. */
            index: number;

            /**
             * Creates a new ReadIndexReply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ReadIndexReply instance
             */
            static create(properties: rkv.raft.ReadIndexReply.$Shape): rkv.raft.ReadIndexReply & rkv.raft.ReadIndexReply.$Shape;
            static create(properties?: rkv.raft.ReadIndexReply.$Properties): rkv.raft.ReadIndexReply;

            /**
             * Encodes the specified ReadIndexReply message. Does not implicitly {@link rkv.raft.ReadIndexReply.verify|verify} messages.
             * @param message ReadIndexReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.ReadIndexReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReadIndexReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.ReadIndexReply & rkv.raft.ReadIndexReply.$Shape} ReadIndexReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.ReadIndexReply & rkv.raft.ReadIndexReply.$Shape;
        }

        namespace ReadIndexReply {

            /** Properties of a ReadIndexReply. */
            interface $Properties {

                /** ReadIndexReply context */
                context?: (number|null);

                /** ReadIndexReply index */
                index?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReadIndexReply. */
            type $Shape = rkv.raft.ReadIndexReply.$Properties;
        }

        /**
         * Properties of a Snapshot.
         * @deprecated Use rkv.raft.Snapshot.$Properties instead.
         */
        interface ISnapshot extends rkv.raft.Snapshot.$Properties {
        }

        /** Represents a Snapshot. */
        class Snapshot {

            /**
             * Constructs a new Snapshot.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Snapshot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Snapshot floorIndex. */
            floorIndex: number;

            /** Snapshot floorTerm. */
            floorTerm: number;

            /** Snapshot members. */
            members?: (rkv.raft.Members.$Properties|null);

            /**
             * Creates a new Snapshot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Snapshot instance
             */
            static create(properties: rkv.raft.Snapshot.$Shape): rkv.raft.Snapshot & rkv.raft.Snapshot.$Shape;
            static create(properties?: rkv.raft.Snapshot.$Properties): rkv.raft.Snapshot;

            /**
             * Encodes the specified Snapshot message. Does not implicitly {@link rkv.raft.Snapshot.verify|verify} messages.
             * @param message Snapshot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Snapshot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Snapshot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Snapshot & rkv.raft.Snapshot.$Shape} Snapshot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Snapshot & rkv.raft.Snapshot.$Shape;
        }

        namespace Snapshot {

            /** Properties of a Snapshot. */
            interface $Properties {

                /** Snapshot floorIndex */
                floorIndex?: (number|null);

                /** Snapshot floorTerm */
                floorTerm?: (number|null);

                /** Snapshot members */
                members?: (rkv.raft.Members.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Snapshot. */
            type $Shape = rkv.raft.Snapshot.$Properties;
        }

        /**
         * Properties of a Members.
         * @deprecated Use rkv.raft.Members.$Properties instead.
         */
        interface IMembers extends rkv.raft.Members.$Properties {
        }

        /** Represents a Members. */
        class Members {

            /**
             * Constructs a new Members.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Members.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Members voters. */
            voters: number[];

            /** Members outgoing. */
            outgoing: number[];

            /** Members learners. */
            learners: number[];

            /** Members learnersNext. */
            learnersNext: number[];

            /** Members autoLeave. */
            autoLeave: boolean;

            /**
             * Creates a new Members instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Members instance
             */
            static create(properties: rkv.raft.Members.$Shape): rkv.raft.Members & rkv.raft.Members.$Shape;
            static create(properties?: rkv.raft.Members.$Properties): rkv.raft.Members;

            /**
             * Encodes the specified Members message. Does not implicitly {@link rkv.raft.Members.verify|verify} messages.
             * @param message Members message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Members.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Members message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Members & rkv.raft.Members.$Shape} Members
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Members & rkv.raft.Members.$Shape;
        }

        namespace Members {

            /** Properties of a Members. */
            interface $Properties {

                /** Members voters */
                voters?: (number[]|null);

                /** Members outgoing */
                outgoing?: (number[]|null);

                /** Members learners */
                learners?: (number[]|null);

                /** Members learnersNext */
                learnersNext?: (number[]|null);

                /** Members autoLeave */
                autoLeave?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Members. */
            type $Shape = rkv.raft.Members.$Properties;
        }

        /**
         * Properties of a TimeoutNow.
         * @deprecated Use rkv.raft.TimeoutNow.$Properties instead.
         */
        interface ITimeoutNow extends rkv.raft.TimeoutNow.$Properties {
        }

        /** Represents a TimeoutNow. */
        class TimeoutNow {

            /**
             * Constructs a new TimeoutNow.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.TimeoutNow.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Creates a new TimeoutNow instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TimeoutNow instance
             */
            static create(properties: rkv.raft.TimeoutNow.$Shape): rkv.raft.TimeoutNow & rkv.raft.TimeoutNow.$Shape;
            static create(properties?: rkv.raft.TimeoutNow.$Properties): rkv.raft.TimeoutNow;

            /**
             * Encodes the specified TimeoutNow message. Does not implicitly {@link rkv.raft.TimeoutNow.verify|verify} messages.
             * @param message TimeoutNow message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.TimeoutNow.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TimeoutNow message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.TimeoutNow & rkv.raft.TimeoutNow.$Shape} TimeoutNow
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.TimeoutNow & rkv.raft.TimeoutNow.$Shape;
        }

        namespace TimeoutNow {

            /** Properties of a TimeoutNow. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TimeoutNow. */
            type $Shape = rkv.raft.TimeoutNow.$Properties;
        }

        /**
         * Properties of a Quiesce.
         * @deprecated Use rkv.raft.Quiesce.$Properties instead.
         */
        interface IQuiesce extends rkv.raft.Quiesce.$Properties {
        }

        /** Represents a Quiesce. */
        class Quiesce {

            /**
             * Constructs a new Quiesce.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.raft.Quiesce.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Quiesce commit. */
            commit: number;

            /**
             * Creates a new Quiesce instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Quiesce instance
             */
            static create(properties: rkv.raft.Quiesce.$Shape): rkv.raft.Quiesce & rkv.raft.Quiesce.$Shape;
            static create(properties?: rkv.raft.Quiesce.$Properties): rkv.raft.Quiesce;

            /**
             * Encodes the specified Quiesce message. Does not implicitly {@link rkv.raft.Quiesce.verify|verify} messages.
             * @param message Quiesce message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.raft.Quiesce.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Quiesce message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.raft.Quiesce & rkv.raft.Quiesce.$Shape} Quiesce
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.raft.Quiesce & rkv.raft.Quiesce.$Shape;
        }

        namespace Quiesce {

            /** Properties of a Quiesce. */
            interface $Properties {

                /** Quiesce commit */
                commit?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Quiesce. */
            type $Shape = rkv.raft.Quiesce.$Properties;
        }
    }

    /** Namespace peer. */
    namespace peer {

        /**
         * Properties of a Hello.
         * @deprecated Use rkv.peer.Hello.$Properties instead.
         */
        interface IHello extends rkv.peer.Hello.$Properties {
        }

        /** Represents a Hello. */
        class Hello {

            /**
             * Constructs a new Hello.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Hello.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hello magic. */
            magic: number;

            /** Hello minVersion. */
            minVersion: number;

            /** Hello maxVersion. */
            maxVersion: number;

            /** Hello clusterId. */
            clusterId: string;

            /** Hello node. */
            node: number;

            /** Hello to. */
            to: number;

            /** Hello diskId. */
            diskId: string;

            /** Hello bootId. */
            bootId: string;

            /** Hello bootCount. */
            bootCount: number;

            /** Hello advertise. */
            advertise: string;

            /** Hello link. */
            link: number;

            /**
             * Creates a new Hello instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Hello instance
             */
            static create(properties: rkv.peer.Hello.$Shape): rkv.peer.Hello & rkv.peer.Hello.$Shape;
            static create(properties?: rkv.peer.Hello.$Properties): rkv.peer.Hello;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link rkv.peer.Hello.verify|verify} messages.
             * @param message Hello message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Hello & rkv.peer.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Hello & rkv.peer.Hello.$Shape;
        }

        namespace Hello {

            /** Properties of a Hello. */
            interface $Properties {

                /** Hello magic */
                magic?: (number|null);

                /** Hello minVersion */
                minVersion?: (number|null);

                /** Hello maxVersion */
                maxVersion?: (number|null);

                /** Hello clusterId */
                clusterId?: (string|null);

                /** Hello node */
                node?: (number|null);

                /** Hello to */
                to?: (number|null);

                /** Hello diskId */
                diskId?: (string|null);

                /** Hello bootId */
                bootId?: (string|null);

                /** Hello bootCount */
                bootCount?: (number|null);

                /** Hello advertise */
                advertise?: (string|null);

                /** Hello link */
                link?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hello. */
            type $Shape = rkv.peer.Hello.$Properties;
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use rkv.peer.Welcome.$Properties instead.
         */
        interface IWelcome extends rkv.peer.Welcome.$Properties {
        }

        /** Represents a Welcome. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome accepted. */
            accepted?: (rkv.peer.Hello.$Properties|null);

            /** Welcome refused. */
            refused?: (string|null);

            /** Welcome outcome. */
            outcome?: ("accepted"|"refused");

            /**
             * Creates a new Welcome instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Welcome instance
             */
            static create(properties: rkv.peer.Welcome.$Shape): rkv.peer.Welcome & rkv.peer.Welcome.$Shape;
            static create(properties?: rkv.peer.Welcome.$Properties): rkv.peer.Welcome;

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link rkv.peer.Welcome.verify|verify} messages.
             * @param message Welcome message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Welcome & rkv.peer.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Welcome & rkv.peer.Welcome.$Shape;
        }

        namespace Welcome {

            /** Properties of a Welcome. */
            interface $Properties {

                /** Welcome accepted */
                accepted?: (rkv.peer.Hello.$Properties|null);

                /** Welcome refused */
                refused?: (string|null);

                /** Welcome outcome */
                outcome?: ("accepted"|"refused");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Welcome. */
            type $Shape = {
              accepted?: rkv.peer.Hello.$Shape|null;
              refused?: string|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ outcome?: undefined; accepted?: null; refused?: null }|{ outcome?: "accepted"; accepted: rkv.peer.Hello.$Shape; refused?: null }|{ outcome?: "refused"; accepted?: null; refused: string })
            );
        }

        /**
         * Properties of a ControlEnvelope.
         * @deprecated Use rkv.peer.ControlEnvelope.$Properties instead.
         */
        interface IControlEnvelope extends rkv.peer.ControlEnvelope.$Properties {
        }

        /** Represents a ControlEnvelope. */
        class ControlEnvelope {

            /**
             * Constructs a new ControlEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.ControlEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ControlEnvelope welcome. */
            welcome?: (rkv.peer.Welcome.$Properties|null);

            /** ControlEnvelope messages. */
            messages: rkv.raft.RaftMessage.$Properties[];

            /** ControlEnvelope beat. */
            beat?: (rkv.peer.NodeBeat.$Properties|null);

            /** ControlEnvelope offers. */
            offers: number[];

            /**
             * Creates a new ControlEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ControlEnvelope instance
             */
            static create(properties: rkv.peer.ControlEnvelope.$Shape): rkv.peer.ControlEnvelope & rkv.peer.ControlEnvelope.$Shape;
            static create(properties?: rkv.peer.ControlEnvelope.$Properties): rkv.peer.ControlEnvelope;

            /**
             * Encodes the specified ControlEnvelope message. Does not implicitly {@link rkv.peer.ControlEnvelope.verify|verify} messages.
             * @param message ControlEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.ControlEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ControlEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.ControlEnvelope & rkv.peer.ControlEnvelope.$Shape} ControlEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.ControlEnvelope & rkv.peer.ControlEnvelope.$Shape;
        }

        namespace ControlEnvelope {

            /** Properties of a ControlEnvelope. */
            interface $Properties {

                /** ControlEnvelope welcome */
                welcome?: (rkv.peer.Welcome.$Properties|null);

                /** ControlEnvelope messages */
                messages?: (rkv.raft.RaftMessage.$Properties[]|null);

                /** ControlEnvelope beat */
                beat?: (rkv.peer.NodeBeat.$Properties|null);

                /** ControlEnvelope offers */
                offers?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ControlEnvelope. */
            type $Shape = {
              welcome?: rkv.peer.Welcome.$Shape|null;
              messages?: rkv.raft.RaftMessage.$Shape[]|null;
              beat?: rkv.peer.NodeBeat.$Shape|null;
              offers?: number[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a NodeBeat.
         * @deprecated Use rkv.peer.NodeBeat.$Properties instead.
         */
        interface INodeBeat extends rkv.peer.NodeBeat.$Properties {
        }

        /** Represents a NodeBeat. */
        class NodeBeat {

            /**
             * Constructs a new NodeBeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.NodeBeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** NodeBeat node. */
            node: number;

            /** NodeBeat wallMs. */
            wallMs: number;

            /** NodeBeat clusterMs. */
            clusterMs: number;

            /** NodeBeat leads. */
            leads?: (rkv.peer.Leads.$Properties|null);

            /** NodeBeat unfit. */
            unfit: boolean;

            /**
             * Creates a new NodeBeat instance using the specified properties.
             * @param [properties] Properties to set
             * @returns NodeBeat instance
             */
            static create(properties: rkv.peer.NodeBeat.$Shape): rkv.peer.NodeBeat & rkv.peer.NodeBeat.$Shape;
            static create(properties?: rkv.peer.NodeBeat.$Properties): rkv.peer.NodeBeat;

            /**
             * Encodes the specified NodeBeat message. Does not implicitly {@link rkv.peer.NodeBeat.verify|verify} messages.
             * @param message NodeBeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.NodeBeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a NodeBeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.NodeBeat & rkv.peer.NodeBeat.$Shape} NodeBeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.NodeBeat & rkv.peer.NodeBeat.$Shape;
        }

        namespace NodeBeat {

            /** Properties of a NodeBeat. */
            interface $Properties {

                /** NodeBeat node */
                node?: (number|null);

                /** NodeBeat wallMs */
                wallMs?: (number|null);

                /** NodeBeat clusterMs */
                clusterMs?: (number|null);

                /** NodeBeat leads */
                leads?: (rkv.peer.Leads.$Properties|null);

                /** NodeBeat unfit */
                unfit?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a NodeBeat. */
            type $Shape = rkv.peer.NodeBeat.$Properties;
        }

        /**
         * Properties of a Leads.
         * @deprecated Use rkv.peer.Leads.$Properties instead.
         */
        interface ILeads extends rkv.peer.Leads.$Properties {
        }

        /** Represents a Leads. */
        class Leads {

            /**
             * Constructs a new Leads.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Leads.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Leads leads. */
            leads: rkv.peer.Lead.$Properties[];

            /**
             * Creates a new Leads instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Leads instance
             */
            static create(properties: rkv.peer.Leads.$Shape): rkv.peer.Leads & rkv.peer.Leads.$Shape;
            static create(properties?: rkv.peer.Leads.$Properties): rkv.peer.Leads;

            /**
             * Encodes the specified Leads message. Does not implicitly {@link rkv.peer.Leads.verify|verify} messages.
             * @param message Leads message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Leads.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Leads message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Leads & rkv.peer.Leads.$Shape} Leads
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Leads & rkv.peer.Leads.$Shape;
        }

        namespace Leads {

            /** Properties of a Leads. */
            interface $Properties {

                /** Leads leads */
                leads?: (rkv.peer.Lead.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Leads. */
            type $Shape = rkv.peer.Leads.$Properties;
        }

        /**
         * Properties of a Lead.
         * @deprecated Use rkv.peer.Lead.$Properties instead.
         */
        interface ILead extends rkv.peer.Lead.$Properties {
        }

        /** Represents a Lead. */
        class Lead {

            /**
             * Constructs a new Lead.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Lead.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Lead group. */
            group: number;

            /** Lead term. */
            term: number;

            /** Lead replica. */
            replica: number;

            /**
             * Creates a new Lead instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Lead instance
             */
            static create(properties: rkv.peer.Lead.$Shape): rkv.peer.Lead & rkv.peer.Lead.$Shape;
            static create(properties?: rkv.peer.Lead.$Properties): rkv.peer.Lead;

            /**
             * Encodes the specified Lead message. Does not implicitly {@link rkv.peer.Lead.verify|verify} messages.
             * @param message Lead message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Lead.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Lead message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Lead & rkv.peer.Lead.$Shape} Lead
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Lead & rkv.peer.Lead.$Shape;
        }

        namespace Lead {

            /** Properties of a Lead. */
            interface $Properties {

                /** Lead group */
                group?: (number|null);

                /** Lead term */
                term?: (number|null);

                /** Lead replica */
                replica?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Lead. */
            type $Shape = rkv.peer.Lead.$Properties;
        }

        /**
         * Properties of an AppendEnvelope.
         * @deprecated Use rkv.peer.AppendEnvelope.$Properties instead.
         */
        interface IAppendEnvelope extends rkv.peer.AppendEnvelope.$Properties {
        }

        /** Represents an AppendEnvelope. */
        class AppendEnvelope {

            /**
             * Constructs a new AppendEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.AppendEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AppendEnvelope welcome. */
            welcome?: (rkv.peer.Welcome.$Properties|null);

            /** AppendEnvelope messages. */
            messages: rkv.raft.RaftMessage.$Properties[];

            /** AppendEnvelope counted. */
            counted: boolean;

            /** AppendEnvelope acked. */
            acked: number;

            /** AppendEnvelope piece. */
            piece: Uint8Array;

            /** AppendEnvelope pieceLast. */
            pieceLast: boolean;

            /**
             * Creates a new AppendEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AppendEnvelope instance
             */
            static create(properties: rkv.peer.AppendEnvelope.$Shape): rkv.peer.AppendEnvelope & rkv.peer.AppendEnvelope.$Shape;
            static create(properties?: rkv.peer.AppendEnvelope.$Properties): rkv.peer.AppendEnvelope;

            /**
             * Encodes the specified AppendEnvelope message. Does not implicitly {@link rkv.peer.AppendEnvelope.verify|verify} messages.
             * @param message AppendEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.AppendEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AppendEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.AppendEnvelope & rkv.peer.AppendEnvelope.$Shape} AppendEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.AppendEnvelope & rkv.peer.AppendEnvelope.$Shape;
        }

        namespace AppendEnvelope {

            /** Properties of an AppendEnvelope. */
            interface $Properties {

                /** AppendEnvelope welcome */
                welcome?: (rkv.peer.Welcome.$Properties|null);

                /** AppendEnvelope messages */
                messages?: (rkv.raft.RaftMessage.$Properties[]|null);

                /** AppendEnvelope counted */
                counted?: (boolean|null);

                /** AppendEnvelope acked */
                acked?: (number|null);

                /** AppendEnvelope piece */
                piece?: (Uint8Array|null);

                /** AppendEnvelope pieceLast */
                pieceLast?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AppendEnvelope. */
            type $Shape = {
              welcome?: rkv.peer.Welcome.$Shape|null;
              messages?: rkv.raft.RaftMessage.$Shape[]|null;
              counted?: boolean|null;
              acked?: number|null;
              piece?: Uint8Array|null;
              pieceLast?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a CallEnvelope.
         * @deprecated Use rkv.peer.CallEnvelope.$Properties instead.
         */
        interface ICallEnvelope extends rkv.peer.CallEnvelope.$Properties {
        }

        /** Represents a CallEnvelope. */
        class CallEnvelope {

            /**
             * Constructs a new CallEnvelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.CallEnvelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CallEnvelope welcome. */
            welcome?: (rkv.peer.Welcome.$Properties|null);

            /** CallEnvelope requests. */
            requests: rkv.peer.Request.$Properties[];

            /** CallEnvelope answers. */
            answers: rkv.peer.Answer.$Properties[];

            /** CallEnvelope piece. */
            piece: Uint8Array;

            /** CallEnvelope pieceLast. */
            pieceLast: boolean;

            /**
             * Creates a new CallEnvelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CallEnvelope instance
             */
            static create(properties: rkv.peer.CallEnvelope.$Shape): rkv.peer.CallEnvelope & rkv.peer.CallEnvelope.$Shape;
            static create(properties?: rkv.peer.CallEnvelope.$Properties): rkv.peer.CallEnvelope;

            /**
             * Encodes the specified CallEnvelope message. Does not implicitly {@link rkv.peer.CallEnvelope.verify|verify} messages.
             * @param message CallEnvelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.CallEnvelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CallEnvelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.CallEnvelope & rkv.peer.CallEnvelope.$Shape} CallEnvelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.CallEnvelope & rkv.peer.CallEnvelope.$Shape;
        }

        namespace CallEnvelope {

            /** Properties of a CallEnvelope. */
            interface $Properties {

                /** CallEnvelope welcome */
                welcome?: (rkv.peer.Welcome.$Properties|null);

                /** CallEnvelope requests */
                requests?: (rkv.peer.Request.$Properties[]|null);

                /** CallEnvelope answers */
                answers?: (rkv.peer.Answer.$Properties[]|null);

                /** CallEnvelope piece */
                piece?: (Uint8Array|null);

                /** CallEnvelope pieceLast */
                pieceLast?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CallEnvelope. */
            type $Shape = {
              welcome?: rkv.peer.Welcome.$Shape|null;
              requests?: rkv.peer.Request.$Shape[]|null;
              answers?: rkv.peer.Answer.$Shape[]|null;
              piece?: Uint8Array|null;
              pieceLast?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a Request.
         * @deprecated Use rkv.peer.Request.$Properties instead.
         */
        interface IRequest extends rkv.peer.Request.$Properties {
        }

        /** Represents a Request. */
        class Request {

            /**
             * Constructs a new Request.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Request.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Request id. */
            id: number;

            /** Request method. */
            method: number;

            /** Request body. */
            body: Uint8Array;

            /**
             * Creates a new Request instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Request instance
             */
            static create(properties: rkv.peer.Request.$Shape): rkv.peer.Request & rkv.peer.Request.$Shape;
            static create(properties?: rkv.peer.Request.$Properties): rkv.peer.Request;

            /**
             * Encodes the specified Request message. Does not implicitly {@link rkv.peer.Request.verify|verify} messages.
             * @param message Request message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Request.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Request message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Request & rkv.peer.Request.$Shape} Request
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Request & rkv.peer.Request.$Shape;
        }

        namespace Request {

            /** Properties of a Request. */
            interface $Properties {

                /** Request id */
                id?: (number|null);

                /** Request method */
                method?: (number|null);

                /** Request body */
                body?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Request. */
            type $Shape = rkv.peer.Request.$Properties;
        }

        /**
         * Properties of an Answer.
         * @deprecated Use rkv.peer.Answer.$Properties instead.
         */
        interface IAnswer extends rkv.peer.Answer.$Properties {
        }

        /** Represents an Answer. */
        class Answer {

            /**
             * Constructs a new Answer.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Answer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Answer id. */
            id: number;

            /** Answer body. */
            body: Uint8Array;

            /**
             * Creates a new Answer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Answer instance
             */
            static create(properties: rkv.peer.Answer.$Shape): rkv.peer.Answer & rkv.peer.Answer.$Shape;
            static create(properties?: rkv.peer.Answer.$Properties): rkv.peer.Answer;

            /**
             * Encodes the specified Answer message. Does not implicitly {@link rkv.peer.Answer.verify|verify} messages.
             * @param message Answer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Answer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Answer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Answer & rkv.peer.Answer.$Shape} Answer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Answer & rkv.peer.Answer.$Shape;
        }

        namespace Answer {

            /** Properties of an Answer. */
            interface $Properties {

                /** Answer id */
                id?: (number|null);

                /** Answer body */
                body?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Answer. */
            type $Shape = rkv.peer.Answer.$Properties;
        }

        /**
         * Properties of a SnapshotUp.
         * @deprecated Use rkv.peer.SnapshotUp.$Properties instead.
         */
        interface ISnapshotUp extends rkv.peer.SnapshotUp.$Properties {
        }

        /** Represents a SnapshotUp. */
        class SnapshotUp {

            /**
             * Constructs a new SnapshotUp.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.SnapshotUp.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotUp hello. */
            hello?: (rkv.peer.Hello.$Properties|null);

            /** SnapshotUp offer. */
            offer: number;

            /** SnapshotUp acked. */
            acked: number;

            /** SnapshotUp installed. */
            installed: boolean;

            /** SnapshotUp refused. */
            refused: string;

            /**
             * Creates a new SnapshotUp instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotUp instance
             */
            static create(properties: rkv.peer.SnapshotUp.$Shape): rkv.peer.SnapshotUp & rkv.peer.SnapshotUp.$Shape;
            static create(properties?: rkv.peer.SnapshotUp.$Properties): rkv.peer.SnapshotUp;

            /**
             * Encodes the specified SnapshotUp message. Does not implicitly {@link rkv.peer.SnapshotUp.verify|verify} messages.
             * @param message SnapshotUp message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.SnapshotUp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotUp message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.SnapshotUp & rkv.peer.SnapshotUp.$Shape} SnapshotUp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.SnapshotUp & rkv.peer.SnapshotUp.$Shape;
        }

        namespace SnapshotUp {

            /** Properties of a SnapshotUp. */
            interface $Properties {

                /** SnapshotUp hello */
                hello?: (rkv.peer.Hello.$Properties|null);

                /** SnapshotUp offer */
                offer?: (number|null);

                /** SnapshotUp acked */
                acked?: (number|null);

                /** SnapshotUp installed */
                installed?: (boolean|null);

                /** SnapshotUp refused */
                refused?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotUp. */
            type $Shape = rkv.peer.SnapshotUp.$Properties;
        }

        /**
         * Properties of a SnapshotDown.
         * @deprecated Use rkv.peer.SnapshotDown.$Properties instead.
         */
        interface ISnapshotDown extends rkv.peer.SnapshotDown.$Properties {
        }

        /** Represents a SnapshotDown. */
        class SnapshotDown {

            /**
             * Constructs a new SnapshotDown.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.SnapshotDown.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotDown welcome. */
            welcome?: (rkv.peer.Welcome.$Properties|null);

            /** SnapshotDown header. */
            header?: (rkv.peer.SnapshotHeader.$Properties|null);

            /** SnapshotDown chunk. */
            chunk?: (rkv.peer.Chunk.$Properties|null);

            /** SnapshotDown finish. */
            finish?: (rkv.peer.SnapshotSummary.$Properties|null);

            /** SnapshotDown abort. */
            abort: string;

            /**
             * Creates a new SnapshotDown instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotDown instance
             */
            static create(properties: rkv.peer.SnapshotDown.$Shape): rkv.peer.SnapshotDown & rkv.peer.SnapshotDown.$Shape;
            static create(properties?: rkv.peer.SnapshotDown.$Properties): rkv.peer.SnapshotDown;

            /**
             * Encodes the specified SnapshotDown message. Does not implicitly {@link rkv.peer.SnapshotDown.verify|verify} messages.
             * @param message SnapshotDown message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.SnapshotDown.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotDown message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.SnapshotDown & rkv.peer.SnapshotDown.$Shape} SnapshotDown
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.SnapshotDown & rkv.peer.SnapshotDown.$Shape;
        }

        namespace SnapshotDown {

            /** Properties of a SnapshotDown. */
            interface $Properties {

                /** SnapshotDown welcome */
                welcome?: (rkv.peer.Welcome.$Properties|null);

                /** SnapshotDown header */
                header?: (rkv.peer.SnapshotHeader.$Properties|null);

                /** SnapshotDown chunk */
                chunk?: (rkv.peer.Chunk.$Properties|null);

                /** SnapshotDown finish */
                finish?: (rkv.peer.SnapshotSummary.$Properties|null);

                /** SnapshotDown abort */
                abort?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotDown. */
            type $Shape = {
              welcome?: rkv.peer.Welcome.$Shape|null;
              header?: rkv.peer.SnapshotHeader.$Shape|null;
              chunk?: rkv.peer.Chunk.$Shape|null;
              finish?: rkv.peer.SnapshotSummary.$Shape|null;
              abort?: string|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a SnapshotHeader.
         * @deprecated Use rkv.peer.SnapshotHeader.$Properties instead.
         */
        interface ISnapshotHeader extends rkv.peer.SnapshotHeader.$Properties {
        }

        /** Represents a SnapshotHeader. */
        class SnapshotHeader {

            /**
             * Constructs a new SnapshotHeader.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.SnapshotHeader.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotHeader group. */
            group: number;

            /** SnapshotHeader from. */
            from: number;

            /** SnapshotHeader to. */
            to: number;

            /** SnapshotHeader term. */
            term: number;

            /** SnapshotHeader index. */
            index: number;

            /** SnapshotHeader indexTerm. */
            indexTerm: number;

            /** SnapshotHeader formatVersion. */
            formatVersion: number;

            /** SnapshotHeader descriptorBytes. */
            descriptorBytes: Uint8Array;

            /**
             * Creates a new SnapshotHeader instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotHeader instance
             */
            static create(properties: rkv.peer.SnapshotHeader.$Shape): rkv.peer.SnapshotHeader & rkv.peer.SnapshotHeader.$Shape;
            static create(properties?: rkv.peer.SnapshotHeader.$Properties): rkv.peer.SnapshotHeader;

            /**
             * Encodes the specified SnapshotHeader message. Does not implicitly {@link rkv.peer.SnapshotHeader.verify|verify} messages.
             * @param message SnapshotHeader message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.SnapshotHeader.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotHeader message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.SnapshotHeader & rkv.peer.SnapshotHeader.$Shape} SnapshotHeader
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.SnapshotHeader & rkv.peer.SnapshotHeader.$Shape;
        }

        namespace SnapshotHeader {

            /** Properties of a SnapshotHeader. */
            interface $Properties {

                /** SnapshotHeader group */
                group?: (number|null);

                /** SnapshotHeader from */
                from?: (number|null);

                /** SnapshotHeader to */
                to?: (number|null);

                /** SnapshotHeader term */
                term?: (number|null);

                /** SnapshotHeader index */
                index?: (number|null);

                /** SnapshotHeader indexTerm */
                indexTerm?: (number|null);

                /** SnapshotHeader formatVersion */
                formatVersion?: (number|null);

                /** SnapshotHeader descriptorBytes */
                descriptorBytes?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotHeader. */
            type $Shape = rkv.peer.SnapshotHeader.$Properties;
        }

        /**
         * Properties of a Chunk.
         * @deprecated Use rkv.peer.Chunk.$Properties instead.
         */
        interface IChunk extends rkv.peer.Chunk.$Properties {
        }

        /** Represents a Chunk. */
        class Chunk {

            /**
             * Constructs a new Chunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.Chunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Chunk piece. */
            piece: Uint8Array;

            /** Chunk pieceLast. */
            pieceLast: boolean;

            /** Chunk crc. */
            crc: number;

            /**
             * Creates a new Chunk instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Chunk instance
             */
            static create(properties: rkv.peer.Chunk.$Shape): rkv.peer.Chunk & rkv.peer.Chunk.$Shape;
            static create(properties?: rkv.peer.Chunk.$Properties): rkv.peer.Chunk;

            /**
             * Encodes the specified Chunk message. Does not implicitly {@link rkv.peer.Chunk.verify|verify} messages.
             * @param message Chunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.Chunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Chunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.Chunk & rkv.peer.Chunk.$Shape} Chunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.Chunk & rkv.peer.Chunk.$Shape;
        }

        namespace Chunk {

            /** Properties of a Chunk. */
            interface $Properties {

                /** Chunk piece */
                piece?: (Uint8Array|null);

                /** Chunk pieceLast */
                pieceLast?: (boolean|null);

                /** Chunk crc */
                crc?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Chunk. */
            type $Shape = rkv.peer.Chunk.$Properties;
        }

        /**
         * Properties of a SnapshotSummary.
         * @deprecated Use rkv.peer.SnapshotSummary.$Properties instead.
         */
        interface ISnapshotSummary extends rkv.peer.SnapshotSummary.$Properties {
        }

        /** Represents a SnapshotSummary. */
        class SnapshotSummary {

            /**
             * Constructs a new SnapshotSummary.
             * @param [properties] Properties to set
             */
            constructor(properties?: rkv.peer.SnapshotSummary.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SnapshotSummary chunks. */
            chunks: number;

            /** SnapshotSummary rows. */
            rows: number;

            /** SnapshotSummary digest. */
            digest: number;

            /** SnapshotSummary removals. */
            removals: Uint8Array;

            /**
             * Creates a new SnapshotSummary instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SnapshotSummary instance
             */
            static create(properties: rkv.peer.SnapshotSummary.$Shape): rkv.peer.SnapshotSummary & rkv.peer.SnapshotSummary.$Shape;
            static create(properties?: rkv.peer.SnapshotSummary.$Properties): rkv.peer.SnapshotSummary;

            /**
             * Encodes the specified SnapshotSummary message. Does not implicitly {@link rkv.peer.SnapshotSummary.verify|verify} messages.
             * @param message SnapshotSummary message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: rkv.peer.SnapshotSummary.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SnapshotSummary message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {rkv.peer.SnapshotSummary & rkv.peer.SnapshotSummary.$Shape} SnapshotSummary
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): rkv.peer.SnapshotSummary & rkv.peer.SnapshotSummary.$Shape;
        }

        namespace SnapshotSummary {

            /** Properties of a SnapshotSummary. */
            interface $Properties {

                /** SnapshotSummary chunks */
                chunks?: (number|null);

                /** SnapshotSummary rows */
                rows?: (number|null);

                /** SnapshotSummary digest */
                digest?: (number|null);

                /** SnapshotSummary removals */
                removals?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SnapshotSummary. */
            type $Shape = rkv.peer.SnapshotSummary.$Properties;
        }
    }
}
