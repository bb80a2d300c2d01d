-- szurubooru's tables as far as search needs them, for PostgreSQL. Statements stand apart by an empty line.

CREATE TABLE "user" (
    id integer PRIMARY KEY,
    name varchar(50) NOT NULL,
    password_hash varchar(128) NOT NULL,
    password_salt varchar(32),
    password_revision smallint NOT NULL,
    email varchar(64),
    rank varchar(32) NOT NULL,
    creation_time timestamp NOT NULL,
    last_login_time timestamp,
    avatar_style varchar(32) NOT NULL,
    version integer NOT NULL
);

CREATE UNIQUE INDEX uq_user_name ON "user" (name);

CREATE TABLE post (
    id integer PRIMARY KEY,
    user_id integer REFERENCES "user" ON DELETE SET NULL,
    creation_time timestamp NOT NULL,
    last_edit_time timestamp,
    safety varchar(32) NOT NULL,
    type varchar(32) NOT NULL,
    checksum varchar(64) NOT NULL,
    checksum_md5 varchar(32),
    source varchar(2048),
    file_size bigint,
    image_width integer,
    image_height integer,
    "mime-type" varchar(32) NOT NULL,
    version integer NOT NULL,
    flags varchar(32)
);

CREATE INDEX ix_post_user_id ON post (user_id);

CREATE TABLE tag_category (
    id integer PRIMARY KEY,
    name varchar(32) NOT NULL,
    color varchar(32) NOT NULL,
    "default" boolean NOT NULL,
    version integer NOT NULL,
    "order" integer NOT NULL
);

CREATE TABLE tag (
    id integer PRIMARY KEY,
    category_id integer NOT NULL REFERENCES tag_category,
    creation_time timestamp NOT NULL,
    last_edit_time timestamp,
    description text,
    version integer NOT NULL
);

CREATE INDEX ix_tag_category_id ON tag (category_id);

CREATE TABLE tag_name (
    tag_name_id integer PRIMARY KEY,
    tag_id integer NOT NULL REFERENCES tag,
    name varchar(128) NOT NULL,
    ord integer NOT NULL,
    CONSTRAINT tag_name_name_key UNIQUE (name)
);

CREATE INDEX ix_tag_name_tag_id ON tag_name (tag_id);

CREATE INDEX ix_tag_name_ord ON tag_name (ord);

CREATE TABLE post_tag (
    post_id integer NOT NULL REFERENCES post,
    tag_id integer NOT NULL REFERENCES tag,
    PRIMARY KEY (post_id, tag_id)
);

CREATE INDEX ix_post_tag_post_id ON post_tag (post_id);

CREATE INDEX ix_post_tag_tag_id ON post_tag (tag_id);

CREATE TABLE tag_implication (
    parent_id integer NOT NULL REFERENCES tag,
    child_id integer NOT NULL REFERENCES tag,
    PRIMARY KEY (parent_id, child_id)
);

CREATE TABLE pool_category (
    id integer PRIMARY KEY,
    name varchar(32) NOT NULL,
    color varchar(32) NOT NULL,
    "default" boolean NOT NULL,
    version integer NOT NULL
);

CREATE TABLE pool (
    id integer PRIMARY KEY,
    category_id integer NOT NULL REFERENCES pool_category,
    creation_time timestamp NOT NULL,
    last_edit_time timestamp,
    description text,
    version integer NOT NULL
);

CREATE TABLE pool_name (
    pool_name_id integer PRIMARY KEY,
    pool_id integer NOT NULL REFERENCES pool,
    name varchar(256) NOT NULL,
    ord integer NOT NULL,
    CONSTRAINT pool_name_name_key UNIQUE (name)
);

CREATE INDEX ix_pool_name_ord ON pool_name (ord);

CREATE TABLE pool_post (
    pool_id integer NOT NULL REFERENCES pool ON DELETE CASCADE,
    post_id integer NOT NULL REFERENCES post ON DELETE CASCADE,
    ord integer NOT NULL,
    PRIMARY KEY (pool_id, post_id)
);

CREATE INDEX ix_pool_post_post_id ON pool_post (post_id);

CREATE INDEX ix_pool_post_ord ON pool_post (ord);

CREATE TABLE post_favorite (
    post_id integer NOT NULL REFERENCES post,
    user_id integer NOT NULL REFERENCES "user",
    time timestamp NOT NULL,
    PRIMARY KEY (post_id, user_id)
);

CREATE INDEX ix_post_favorite_post_id ON post_favorite (post_id);

CREATE INDEX ix_post_favorite_user_id ON post_favorite (user_id);

CREATE TABLE post_score (
    post_id integer NOT NULL REFERENCES post,
    user_id integer NOT NULL REFERENCES "user",
    time timestamp NOT NULL,
    score integer NOT NULL,
    PRIMARY KEY (post_id, user_id)
);

CREATE INDEX ix_post_score_post_id ON post_score (post_id);

CREATE INDEX ix_post_score_user_id ON post_score (user_id);

CREATE TABLE post_relation (
    parent_id integer NOT NULL REFERENCES post,
    child_id integer NOT NULL REFERENCES post,
    PRIMARY KEY (parent_id, child_id)
);

CREATE INDEX ix_post_relation_parent_id ON post_relation (parent_id);

CREATE INDEX ix_post_relation_child_id ON post_relation (child_id);

CREATE TABLE post_note (
    id integer PRIMARY KEY,
    post_id integer NOT NULL REFERENCES post,
    text text NOT NULL,
    polygon bytea NOT NULL
);

CREATE INDEX ix_post_note_post_id ON post_note (post_id);

CREATE TABLE comment (
    id integer PRIMARY KEY,
    post_id integer NOT NULL REFERENCES post,
    user_id integer REFERENCES "user",
    creation_time timestamp NOT NULL,
    last_edit_time timestamp,
    text text,
    version integer NOT NULL
);

CREATE INDEX ix_comment_post_id ON comment (post_id);

CREATE INDEX ix_comment_user_id ON comment (user_id);

CREATE TABLE comment_score (
    comment_id integer NOT NULL REFERENCES comment,
    user_id integer NOT NULL REFERENCES "user",
    time timestamp NOT NULL,
    score integer NOT NULL,
    PRIMARY KEY (comment_id, user_id)
);

CREATE INDEX ix_comment_score_user_id ON comment_score (user_id);
